// Before anything is shown: the pages become tabs only where scripts run.
document.documentElement.classList.add("js");
