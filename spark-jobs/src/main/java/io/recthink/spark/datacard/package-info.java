/** The data card, which describes a data set: as an HTML page, as text and as JSON. */
package io.recthink.spark.datacard;
