/** The command {@code inspect}: a run folder as an HTML page with curves, example traces and configuration. */
package io.recthink.spark.report;
