/** Everything numeric of a table: the rows that are scored, the trivial rows, errors and their intervals, slices, costs. */
package io.recthink.spark.evaluate;
