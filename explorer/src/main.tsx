import { render } from "preact";
import { App } from "./app";
import "./style/theme.css";
import "./style/page.css";
import "./style/views.css";
import { applyTheme } from "./theme";

applyTheme();
const page = document.getElementById("page");
if (page) render(<App />, page);
