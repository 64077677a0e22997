package io.recthink.spark.sft;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/** One SHA-256 for the examples and the traces that a warm start learns from. */
final class Digest {
    private Digest() {}

    static String of(String dataSha256, List<String> traceKeys) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(dataSha256.getBytes(StandardCharsets.UTF_8));
            traceKeys.forEach(key -> digest.update((key + "\n").getBytes(StandardCharsets.UTF_8)));
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e); // every Java platform has it
        }
    }
}
