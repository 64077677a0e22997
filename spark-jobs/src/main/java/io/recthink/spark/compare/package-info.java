/** The command {@code compare}: tables, files and page of a comparison of all systems on the same rows. */
package io.recthink.spark.compare;
