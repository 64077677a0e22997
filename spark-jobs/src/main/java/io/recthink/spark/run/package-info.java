/** Run folders, and the policies in them on every machine that needs them. */
package io.recthink.spark.run;
