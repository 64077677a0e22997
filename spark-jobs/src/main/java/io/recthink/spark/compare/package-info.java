/** The table of all systems on the same rows. */
package io.recthink.spark.compare;
