package io.recthink.spark.predict;

import io.recthink.InvalidInputException;
import io.recthink.spark.run.Manifest;
import io.recthink.spark.run.PolicyReference;
import io.recthink.spark.run.RunFolder;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * How a person names a policy: a model folder; a run folder, for its best policy on validation, or its newest where
 * nothing was validated; or {@code run@step}.
 */
public final class PolicyArgument {
    private static final Pattern AT_STEP = Pattern.compile("(.+)@(\\d{1,9})");

    private PolicyArgument() {}

    /**
     * The policy that an argument names.
     *
     * @param system who is predicted, for messages
     * @param path resolved path of the folder, perhaps with a step
     * @throws InvalidInputException when there is no such policy
     */
    public static PolicyReference resolve(String system, String path, Configuration hadoop) {
        Matcher step = AT_STEP.matcher(path);
        if (step.matches()) {
            RunFolder run = RunFolder.at(step.group(1), hadoop);
            return ofRun(run, run.required(Integer.parseInt(step.group(2))));
        }
        try {
            FileSystem files = new Path(path).getFileSystem(hadoop);
            if (files.exists(new Path(path, "config.json"))) {
                return ofModel(files, files.makeQualified(new Path(path)));
            }
        } catch (IOException | IllegalArgumentException e) {
            throw new InvalidInputException("predict.policies.%s: %s cannot be read: %s".formatted(system, path, e), e);
        }
        RunFolder run = RunFolder.at(path, hadoop);
        if (!run.exists()) {
            throw new InvalidInputException(
                    "predict.policies.%s: %s is neither a model folder (no config.json) nor a run with a complete step"
                            .formatted(system, path));
        }
        return ofRun(run, run.best());
    }

    private static PolicyReference ofRun(RunFolder run, Manifest manifest) {
        return new PolicyReference(
                run.policy(manifest),
                manifest.policyVersion().number(),
                manifest.policyVersion().sha256());
    }

    /** Of a model in several files, the digest of all of them in the order of their names. */
    private static PolicyReference ofModel(FileSystem files, Path folder) throws IOException {
        List<Path> weights = new ArrayList<>();
        for (FileStatus file : files.listStatus(folder)) {
            if (file.getPath().getName().endsWith(".safetensors")) {
                weights.add(file.getPath());
            }
        }
        weights.sort(null);
        MessageDigest digest = sha256();
        for (Path file : weights) {
            try (InputStream in = new DigestInputStream(files.open(file), digest)) {
                in.transferTo(OutputStream.nullOutputStream());
            }
        }
        return new PolicyReference(folder.toString(), 0, HexFormat.of().formatHex(digest.digest()));
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
