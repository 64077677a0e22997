/** The tables that jobs exchange: schemas, row ids, and conversion of rows to objects. */
package io.recthink.spark.table;
