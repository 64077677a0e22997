/**
 * What a policy is on every machine: its folder, what travels to the executors, and what a JVM holds of it.
 *
 * <p>A policy has many sides, and a type for each. All of them, with the package where one of them lies elsewhere:
 *
 * <table>
 * <caption>Types that say what a policy is, from its name to its answer</caption>
 * <tr><th>question</th><th>type</th></tr>
 * <tr><td>How does a person name it?</td><td>{@code run.PolicyArgument}: a folder, a run, {@code run@step}</td></tr>
 * <tr><td>Which policy of a run is it?</td><td>{@code run.PolicyOfRun}</td></tr>
 * <tr><td>What lies in its folder?</td><td>{@link io.recthink.spark.policy.PolicyFolder}; of which files, {@link
 *     io.recthink.spark.policy.PolicyFiles}</td></tr>
 * <tr><td>What does a run say of one that it has published?</td><td>{@link io.recthink.spark.policy.PolicyVersion}</td></tr>
 * <tr><td>What travels to the executors?</td><td>{@link io.recthink.spark.policy.PolicyReference}, with a {@link
 *     io.recthink.spark.policy.PolicyDigest}</td></tr>
 * <tr><td>Where does a machine keep copies?</td><td>{@link io.recthink.spark.policy.PolicyStore}</td></tr>
 * <tr><td>Which one does a JVM hold in memory?</td><td>{@link io.recthink.spark.policy.PolicyHolder}; while a task uses it,
 *     {@code completion.PolicyInTask}</td></tr>
 * <tr><td>How does it want to be asked?</td><td>{@code PolicyTerms} of {@code io.recthink.prompt}; joined with a
 *     configuration, {@code run.AskedPolicy}</td></tr>
 * <tr><td>Can it answer at all?</td><td>{@code PolicyCheck} of {@code io.recthink.prompt}</td></tr>
 * <tr><td>What did its training take?</td><td>{@code run.PolicyTraining}</td></tr>
 * <tr><td>Who made some predictions?</td><td>{@code table.PolicyOrigin}; found by {@code run.OriginOfPolicy}</td></tr>
 * <tr><td>How good is it while it learns?</td><td>{@code training.PolicyValidation}</td></tr>
 * </table>
 */
package io.recthink.spark.policy;
