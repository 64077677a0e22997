/** The command line. */
package io.recthink.spark.cli;
