/** The data card: what a data set is like, as a page, as text and as JSON. */
package io.recthink.spark.datacard;
