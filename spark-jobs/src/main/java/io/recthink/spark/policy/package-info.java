/**
 * Policies on every machine: their folders, the references that are sent to executors, and the copies in memory.
 *
 * <p>Every aspect of a policy has its own type. The table names the package of types outside this package:
 *
 * <table>
 * <caption>Types for the aspects of a policy</caption>
 * <tr><th>question</th><th>type</th></tr>
 * <tr><td>How does a person name a policy?</td><td>{@code run.PolicyArgument}: a folder, a run, {@code
 *     run@step}</td></tr>
 * <tr><td>Which run and step published it?</td><td>{@code run.PolicyOfRun}</td></tr>
 * <tr><td>What does its folder contain?</td><td>{@link io.recthink.spark.policy.PolicyFolder}; the files: {@link
 *     io.recthink.spark.policy.PolicyFiles}</td></tr>
 * <tr><td>What does a run record about it?</td><td>{@link io.recthink.spark.policy.PolicyVersion}</td></tr>
 * <tr><td>What is sent to the executors?</td><td>{@link io.recthink.spark.policy.PolicyReference}, with a {@link
 *     io.recthink.spark.policy.PolicyDigest}</td></tr>
 * <tr><td>Where does a machine keep copies?</td><td>{@link io.recthink.spark.policy.PolicyStore}</td></tr>
 * <tr><td>Which policy does a JVM keep in memory?</td><td>{@link io.recthink.spark.policy.PolicyHolder}; while a
 *     task uses it, {@code completion.PolicyInTask}</td></tr>
 * <tr><td>With which prompt settings is it asked?</td><td>{@code PolicyTerms} of {@code io.recthink.prompt}; combined
 *     with a configuration, {@code run.AskedPolicy}</td></tr>
 * <tr><td>Can it answer the prompts?</td><td>{@code PolicyCheck} of {@code io.recthink.prompt}</td></tr>
 * <tr><td>What did its training cost?</td><td>{@code run.PolicyTraining}</td></tr>
 * <tr><td>Which policy made some predictions?</td><td>{@code table.PolicyOrigin}; found by {@code
 *     run.OriginOfPolicy}</td></tr>
 * <tr><td>How good is it during training?</td><td>{@code training.PolicyValidation}</td></tr>
 * </table>
 */
package io.recthink.spark.policy;
