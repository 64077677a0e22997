package io.recthink.spark.run;

import java.io.Serializable;

/**
 * A policy that tasks can load.
 *
 * @param path Hadoop path of its model folder
 * @param number of its version in its run
 * @param sha256 of its {@code model.safetensors}; what names it
 */
public record PolicyReference(String path, int number, String sha256) implements Serializable {}
