/**
 * A warehouse log whose best possible prediction is known: {@code simulate} writes the log, {@code oracle} the best
 * prediction that the history of each prepared example allows.
 */
package io.recthink.spark.simulate;
