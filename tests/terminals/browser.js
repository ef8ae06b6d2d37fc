// browser.js COLUMNS ROWS FONT_PX: xterm.js with pictures in headless Chromium, served over lines of
// JSON on stdin ({"write": base64} {"shot": path} {"quit": true}) and stdout ({"ready": {...}}
// {"typed": base64} {"shot": path}). The pty belongs to whoever started this.
// Packages (npm): @xterm/xterm @xterm/addon-image puppeteer-core; NODE_MODULES names their folder.
const path = require('path'), readline = require('readline');
const modules = process.env.NODE_MODULES;
const puppeteer = require(path.join(modules, 'puppeteer-core'));
const say = message => process.stdout.write(JSON.stringify(message) + '\n');

(async () => {
  const [columns, rows, font] = process.argv.slice(2, 5).map(Number);
  const browser = await puppeteer.launch({
    executablePath: process.env.CHROMIUM || '/usr/bin/chromium', headless: true,
    args: ['--no-sandbox', '--disable-gpu', '--force-device-scale-factor=1', '--hide-scrollbars']});
  const page = await browser.newPage();
  await page.setViewport({width: 1280, height: 1024});
  page.on('console', message => process.stderr.write('[page] ' + message.text() + '\n'));
  await page.setContent('<html><body style="margin:0;background:#000"><div id=t></div></body></html>');
  await page.addStyleTag({path: path.join(modules, '@xterm/xterm/css/xterm.css')});
  await page.addScriptTag({path: path.join(modules, '@xterm/xterm/lib/xterm.js')});
  await page.addScriptTag({path: path.join(modules, '@xterm/addon-image/lib/addon-image.js')});
  await page.exposeFunction('typed', text => say({typed: text}));
  const size = await page.evaluate(async (columns, rows, font) => {
    const terminal = window.terminal = new Terminal({cols: columns, rows, allowProposedApi: true,
      fontFamily: 'DejaVu Sans Mono', fontSize: font, scrollback: 0, cursorBlink: false});
    terminal.open(document.getElementById('t'));
    window.pictures = new (window.ImageAddon.ImageAddon || window.ImageAddon)({});
    terminal.loadAddon(window.pictures);
    terminal.onData(data => typed(btoa(String.fromCharCode(...new TextEncoder().encode(data)))));
    terminal.onBinary(data => typed(btoa(data)));
    terminal.focus();
    const screen = document.querySelector('.xterm-screen');
    for (let n = 0; n < 100 && !screen.clientWidth; n++) await new Promise(requestAnimationFrame);
    return [screen.clientWidth, screen.clientHeight];
  }, columns, rows, font);
  say({ready: {width: size[0], height: size[1], browser: await browser.version()}});
  const end = async () => { await browser.close(); process.exit(0); };
  let queue = Promise.resolve();
  const serve = async order => {
    if (order.write) await page.evaluate(data => new Promise(done => {
      window.terminal.write(Uint8Array.from(atob(data), c => c.charCodeAt(0)), done);
    }), order.write);
    if (order.press) for (const key of order.press) await page.keyboard.press(key);
    if (order.shot) {
      await page.screenshot({path: order.shot, clip: {x: 0, y: 0, width: 1280, height: 1024}});
      say({shot: order.shot});
    }
    if (order.quit) await end();
  };
  const lines = readline.createInterface({input: process.stdin});
  lines.on('line', line => {
    queue = queue.then(() => serve(JSON.parse(line))).catch(error => say({error: String(error)}));
  });
  lines.on('close', end);
})().catch(error => { say({error: String(error)}); process.exit(1); });
