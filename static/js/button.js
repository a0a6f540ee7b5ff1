// For pages with a form that must not be sent twice by a double click (data-prevent-double-click). The idempotency key makes a
// second post harmless; this spares the reader the wait.
import { Button } from "govuk-frontend/dist/govuk/components/button/button.mjs";

for (const root of document.querySelectorAll('[data-module="govuk-button"]')) new Button(root);
