/**
 * A simulated log with a known best possible prediction. {@code simulate} writes the log. {@code oracle} writes the
 * best prediction that the history of each prepared example allows.
 */
package io.recthink.spark.simulate;
