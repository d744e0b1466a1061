"""What a teacher shows and hands out: slides, a handout to write on, the answer key.

All three are made of the lesson as it stands: nothing is copied, so nothing grows old. `reading`
finds the questions before a result, the exercises and the stumbling blocks; `rendering` turns text,
code and stored outputs into HTML; `slides`, `handout` and `key` put the pages together, and
`writing` writes them, all or none. No page asks another host for anything.

`reveal/` holds three files of reveal.js 5.2.1 (npm), as they were published, with their licence
(MIT): a class has no network, and no package from PyPI brings these files alone.
"""
