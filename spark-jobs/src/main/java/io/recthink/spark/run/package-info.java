/** Run folders: their content, their writers, and the policies in them. */
package io.recthink.spark.run;
