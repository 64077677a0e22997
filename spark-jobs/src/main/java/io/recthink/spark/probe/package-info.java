/** What a policy makes of changed prompts. */
package io.recthink.spark.probe;
