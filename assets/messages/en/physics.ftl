# Materials: classes, states, legends.
