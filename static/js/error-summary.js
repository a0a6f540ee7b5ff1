// For pages that may show an error summary: it takes the focus, and its links lead to the label, not only to the field.
import { ErrorSummary } from "govuk-frontend/dist/govuk/components/error-summary/error-summary.mjs";

for (const root of document.querySelectorAll('[data-module="govuk-error-summary"]')) new ErrorSummary(root);
