// Before anything is shown: the pages become tabs only where scripts run.
document.documentElement.classList.add("js");
try {
  const theme = localStorage.getItem("scanfold-theme");
  if (theme === "dark" || theme === "light") document.documentElement.dataset.theme = theme;
} catch {
  // Some browsers keep nothing for files.
}
