// Follows Airflow's own colour mode, which it keeps in this origin's storage. Without one the system's is taken.
"use strict";
(() => {
  const show = () => {
    let mode = null;
    try {
      mode = localStorage.getItem("theme");
    } catch {
      // No storage here: the system's mode it is.
    }
    const known = mode === "light" || mode === "dark";
    if (known) document.documentElement.dataset.theme = mode;
    else delete document.documentElement.dataset.theme;
  };
  show();
  addEventListener("storage", show);
})();
