// The front end of handwriting.DrawPad: a canvas, its buttons, and what the models predict.
const SIZE = 280, PEN = 20, STEP = 8;

const STYLE = `
.draw-pad { display: flex; flex-wrap: wrap; gap: 1em; padding: 4px; color: #111; background: #fff; }
.draw-pad canvas.paper { border: 2px solid #555; cursor: crosshair; touch-action: none; }
.draw-pad canvas:focus-visible, .draw-pad button:focus-visible { outline: 3px solid #0072b2; }
.draw-pad button { font: inherit; min-height: 28px; padding: 0.3em 1em; margin: 0.3em 0.5em 0 0; }
.draw-pad .labels { display: grid; grid-template-columns: repeat(5, 1fr); gap: 4px; width: 284px; }
.draw-pad .labels button { margin: 0; padding: 0.2em; }
.draw-pad .labels small { color: #555; margin-left: 0.6em; }
.draw-pad p { margin: 0.6em 0 0.3em; }
.draw-pad .told { width: 284px; min-height: 3em; white-space: pre-line; overflow-wrap: anywhere; }
.draw-pad canvas.seen { width: 84px; height: 84px; border: 1px solid #999; image-rendering: pixelated; }
.draw-pad .bars { display: grid; grid-template-columns: 3em repeat(10, 2em); gap: 2px; align-items: end; }
.draw-pad .bar { background: #0072b2; min-height: 1px; }
.draw-pad .bars span { text-align: center; }
`;

function element(parent, tag, properties = {}) {
  const made = document.createElement(tag);
  Object.assign(made, properties);
  parent.append(made);
  return made;
}

// A row of ten probabilities in words: "3 (99 %)".
function best(row) {
  const most = Math.max(...row);
  return `${row.indexOf(most)} (${Math.round(100 * most)} %)`;
}

function render({ model, el }) {
  const pad = element(el, "div", { className: "draw-pad", tabIndex: -1 }); // Safari focuses no button
  pad.dataset.lmSuppressShortcuts = "true"; // the keys belong to the pad, not to JupyterLab
  element(pad, "style", { textContent: STYLE });
  const left = element(pad, "div");
  const paper = element(left, "canvas", { className: "paper", width: SIZE, height: SIZE, tabIndex: 0 });
  paper.setAttribute("role", "img");
  paper.setAttribute("aria-label", "Drawing pad. Draw a digit with mouse, finger or pen; or move "
    + "with the arrow keys and press the space bar to lower and to lift the pen. "
    + "The keys 0 to 9 keep the drawing with this label.");
  const buttons = element(left, "div");
  const undo = element(buttons, "button", { type: "button", textContent: "Undo" });
  const clear = element(buttons, "button", { type: "button", textContent: "Clear" });
  element(left, "p", { textContent: "It was a … (click, or press the key)" });
  const labels = element(left, "div", { className: "labels" });
  const labelButtons = Array.from({ length: 10 }, () => element(labels, "button", { type: "button" }));
  const lessons = element(left, "div");
  const back = element(lessons, "button", { type: "button", textContent: "Take back" });
  back.setAttribute("aria-label", "Take back the drawing that was kept last");
  const teach = element(lessons, "button", { type: "button", textContent: "Teach the models" });
  const told = element(left, "p", { className: "told" });
  told.setAttribute("aria-live", "polite");
  const right = element(pad, "div");
  const summary = element(right, "p", { className: "summary" });
  summary.setAttribute("aria-live", "polite");
  const details = element(right, "div");

  const context = paper.getContext("2d");
  let strokes = [], current = null, cursor = null;
  let finger = null; // the pointer that draws: a second one, such as a palm, does not
  let offered = 0; // so many strokes are being kept
  const kept = []; // the strokes of each drawing, in case it is taken back

  function draw(withCursor = true) {
    context.fillStyle = "white";
    context.fillRect(0, 0, SIZE, SIZE);
    Object.assign(context, { strokeStyle: "black", lineWidth: PEN, lineCap: "round", lineJoin: "round" });
    for (const stroke of strokes) {
      context.beginPath();
      context.moveTo(...stroke[0]);
      for (const point of stroke) context.lineTo(...point);
      context.stroke();
    }
    if (cursor && withCursor) {
      Object.assign(context, { strokeStyle: "#d55e00", lineWidth: 3 });
      context.strokeRect(cursor[0] - 5, cursor[1] - 5, 10, 10);
    }
  }

  function ask(what, ...given) {
    model.send({ do: what, with: given });
  }

  function picture() {
    draw(false);
    const url = strokes.length ? paper.toDataURL("image/png") : "";
    draw();
    return url;
  }

  function send() {
    current = null;
    model.set("drawing", picture());
    model.save_changes();
  }

  function keep(digit) {
    if (offered) return; // a double click
    if (current) send();
    offered = strokes.length;
    ask("keep", digit, picture());
  }

  pad.addEventListener("keydown", (event) => {
    if (!/^[0-9]$/.test(event.key) || event.repeat || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    keep(Number(event.key));
  });

  function position(event) {
    const box = paper.getBoundingClientRect();
    return [(event.clientX - box.left) * SIZE / box.width, (event.clientY - box.top) * SIZE / box.height];
  }

  paper.addEventListener("pointerdown", (event) => {
    if (event.button || finger !== null) return;
    finger = event.pointerId;
    paper.setPointerCapture(event.pointerId);
    paper.focus({ preventScroll: true }); // for the keys 0 to 9
    cursor = null;
    strokes.push(current = [position(event)]);
    draw();
  });
  paper.addEventListener("pointermove", (event) => {
    if (!current || cursor || event.pointerId !== finger) return;
    current.push(position(event));
    draw();
  });
  for (const end of ["pointerup", "pointercancel", "lostpointercapture"]) {
    paper.addEventListener(end, (event) => {
      if (event.pointerId !== finger) return;
      finger = null;
      if (current) send();
    });
  }

  paper.addEventListener("keydown", (event) => {
    const moves = { ArrowLeft: [-STEP, 0], ArrowRight: [STEP, 0], ArrowUp: [0, -STEP], ArrowDown: [0, STEP] };
    const move = moves[event.key];
    if (!move && event.key !== " ") return;
    event.preventDefault();
    if (!move && event.repeat) return; // the space bar is held down
    cursor ??= [SIZE / 2, SIZE / 2];
    if (move) {
      cursor = cursor.map((place, axis) => Math.min(SIZE, Math.max(0, place + move[axis])));
      if (current) current.push(cursor);
    } else if (current) {
      return send();
    } else {
      strokes.push(current = [cursor]);
    }
    draw();
  });
  paper.addEventListener("blur", () => { if (current) send(); cursor = null; draw(); });
  undo.onclick = () => { if (!offered) { strokes.pop(); send(); } };
  clear.onclick = () => { if (!offered) { strokes = []; send(); } };
  labelButtons.forEach((button, digit) => { button.onclick = () => keep(digit); });
  back.onclick = () => ask("take back");
  teach.onclick = () => ask("teach");

  function show() {
    const { nothing, images, probabilities } = model.get("predictions");
    const models = Object.entries(probabilities);
    const words = models.map(([name, rows]) => `${name}: ${rows.map(best).join(", ")}`);
    summary.textContent = nothing || words.join("; ");
    details.replaceChildren();
    images.forEach((image, number) => {
      const seen = element(details, "canvas", { className: "seen", width: 28, height: 28 });
      seen.setAttribute("role", "img");
      seen.setAttribute("aria-label", "What the models see: the digit as 28 by 28 pixels");
      const pixels = new ImageData(28, 28);
      image.forEach((ink, place) => pixels.data.set([255 - ink, 255 - ink, 255 - ink, 255], 4 * place));
      seen.getContext("2d").putImageData(pixels, 0, 0);
      const bars = element(details, "div", { className: "bars" });
      bars.setAttribute("aria-hidden", "true"); // the summary says it in words
      for (const [name, rows] of models) {
        element(bars, "span", { textContent: name });
        for (const probability of rows[number]) {
          element(bars, "div", { className: "bar", title: `${Math.round(100 * probability)} %` })
            .style.height = `${40 * probability}px`;
        }
      }
      element(bars, "span");
      for (let digit = 0; digit < 10; digit++) element(bars, "span", { textContent: digit });
    });
  }

  function tell() {
    const { words, kept: counts } = model.get("told");
    told.textContent = words;
    labelButtons.forEach((button, digit) => {
      button.replaceChildren(`${digit}`);
      element(button, "small", { textContent: counts[digit] || "" });
      button.setAttribute("aria-label", `It was a ${digit}; kept so far: ${counts[digit]}`);
    });
  }

  function answer() {
    tell();
    const { change } = model.get("told");
    if (change === "taken back") {
      const last = kept.pop();
      if (!last || strokes.length) return;
      strokes = last;
    } else if (change && offered) {
      if (change === "kept") kept.push(strokes.splice(0, offered));
      offered = 0;
    } else return;
    if (current) draw();
    else send();
  }

  draw();
  show();
  tell();
  model.on("change:predictions", show);
  model.on("change:told", answer);
  return () => {
    model.off("change:predictions", show);
    model.off("change:told", answer);
  };
}

export default { render };
