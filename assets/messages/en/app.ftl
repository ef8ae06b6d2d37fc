# The console: status, notices, prompts, the queue.
