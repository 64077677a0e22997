package io.recthink.spark.run;

/**
 * The name of a policy's weights in a run.
 *
 * @param number the step that published it; 0 is the starting policy
 * @param sha256 of its {@code model.safetensors}, in lower-case hexadecimal digits
 */
public record PolicyVersion(int number, String sha256) {}
