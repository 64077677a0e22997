/** The figures of predictions. */
package io.recthink.spark.evaluate;
