package io.recthink.teacher;

/**
 * What a policy should have answered.
 *
 * @param completion a completion of the output grammar
 * @param rating the rating in its rate block
 */
public record Trace(String completion, double rating) {}
