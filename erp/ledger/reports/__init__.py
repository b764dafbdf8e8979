"""Reports as tables: what the page, the workbook and the printer show of a query's answer."""
