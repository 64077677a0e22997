/** The tables that the jobs hand to each other: their schemas, their row ids and what is read from a row. */
package io.recthink.spark.table;
