/**
 * What a policy is on every machine: its folder, what travels to the executors, and what a JVM holds of it.
 *
 * <ul>
 *   <li>{@code PolicyFolder}: a folder that may hold a policy, a model or an adapter.
 *   <li>{@code PolicyReference}: which policy; what travels to the executors.
 *   <li>{@code PolicyVersion}: what a run's manifest says of a policy that it has published.
 *   <li>{@code PolicyStore}: the copies of policies on the disk of a machine.
 *   <li>{@code PolicyHolder}: the one policy that a JVM has in memory.
 * </ul>
 */
package io.recthink.spark.policy;
