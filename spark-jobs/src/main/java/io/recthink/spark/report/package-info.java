/** A run folder as a page that a person can read: curves, example traces, and what the run was made with. */
package io.recthink.spark.report;
