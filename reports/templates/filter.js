(() => {
  "use strict";
  const all = (what) => [...document.querySelectorAll(what)];
  const plain = (text) =>
    text.toLowerCase().normalize("NFD").replace(/[\u0300-\u036f]/g, "").replace(/\u0111/g, "d").replace(/\s+/g, " ").trim();
  const boxes = all(".filter input, .filter select");
  const rows = all("[data-row]").map((node) => ({ node, data: node.dataset, shown: true }));
  const chosen = () => {
    const found = {};
    for (const box of boxes) {
      const value = box.type === "checkbox" && !box.checked ? "" : box.value.trim();
      if (value) (found[box.name] ||= []).push(value);
    }
    return found;
  };
  const fits = (row, name, values) => {
    if (row.data.text === name) {
      row.words ??= plain(row.node.textContent);
      return plain(values[0]).split(" ").every((word) => row.words.includes(word));
    }
    if (row.data[name] === undefined) return true;
    const has = row.data[name].split(" ");
    return values.some((value) => has.includes(value));
  };
  const count = () => {
    const sums = {};
    for (const { data, shown } of rows) {
      sums[`all_${data.row}`] = (sums[`all_${data.row}`] || 0) + 1;
      sums[data.row] = (sums[data.row] || 0) + shown;
    }
    for (const node of all("[data-say]")) {
      const said = node.dataset.say.replace(/\{(\w+)\}/g, (_, name) => sums[name] || 0);
      if (node.textContent !== said) node.textContent = said;
    }
  };
  const apply = () => {
    const wanted = Object.entries(chosen());
    for (const row of rows) {
      row.shown = wanted.every(([name, values]) => fits(row, name, values));
      row.node.classList.toggle("off", !row.shown);
    }
    for (const part of all("[data-part]")) {
      part.classList.toggle("off", !part.querySelector("[data-row]:not(.off)"));
    }
    count();
  };
  const keep = () => {
    const state = new URLSearchParams();
    for (const [name, values] of Object.entries(chosen())) values.forEach((value) => state.append(name, value));
    try {
      history.replaceState(null, "", `${state}` ? `#${state}` : location.href.split("#")[0]);
    } catch {
      // some browsers refuse it when it comes often, or in a file: the rows are right all the same
    }
  };
  const recall = () => {
    if (!location.hash.includes("=")) return;
    const state = new URLSearchParams(location.hash.slice(1));
    for (const box of boxes) {
      const values = state.getAll(box.name);
      if (box.type === "checkbox") box.checked = values.includes(box.value);
      else box.value = values[0] || "";
      if (box.selectedIndex === -1) box.value = "";
    }
    apply();
  };
  const changed = () => {
    apply();
    keep();
  };
  all(".filter").forEach((bar) => bar.removeAttribute("hidden"));
  boxes.forEach((box) => box.addEventListener(box.type === "search" ? "input" : "change", changed));
  all("[data-reset]").forEach((button) =>
    button.addEventListener("click", () => {
      for (const box of boxes) box.type === "checkbox" ? (box.checked = false) : (box.value = "");
      changed();
    }),
  );
  addEventListener("hashchange", recall);
  let folded = [];
  addEventListener("beforeprint", () => {
    folded = all("details:not([open]):not(.noprint)");
    folded.forEach((one) => (one.open = true));
  });
  addEventListener("afterprint", () => folded.forEach((one) => (one.open = false)));
  apply();
  recall();
})();
