// Starts the deck. S opens the speaker's notes; space and the arrow keys go through all slides.
Reveal.initialize({
  width: 1280,
  height: 720,
  margin: 0,
  center: false,
  display: "flex",
  hash: true,
  navigationMode: "linear",
  slideNumber: "c/t",
  transition: "none",
  plugins: [RevealNotes],
}).then(() => {
  // What is too long for its slide, on a machine with wide letters, is set smaller.
  const fit = (slide) => {
    for (let size = 100; size > 50; size -= 5) {
      slide.style.fontSize = `${size}%`;
      if (slide.scrollHeight <= 720 && slide.scrollWidth <= 1280) break;
    }
  };
  Reveal.on("slidechanged", (event) => fit(event.currentSlide));
  fit(Reveal.getCurrentSlide());
});
