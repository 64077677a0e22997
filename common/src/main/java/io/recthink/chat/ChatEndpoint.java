package io.recthink.chat;

import java.net.URI;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * The address of a server and the key that opens it. No text of this class shows the key or the query of the address.
 * It is not serializable: a key must not travel by accident.
 *
 * @param url the whole address of the endpoint, {@code http} or {@code https}, without user information and fragment
 * @param header the header that carries the key; {@code Authorization} carries {@code Bearer KEY}, another the bare key
 * @param key the key in printable ASCII; empty: no header is sent
 */
public record ChatEndpoint(URI url, String header, String key) {
    // A token of RFC 9110, section 5.6.2.
    private static final Pattern HEADER = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]+");
    private static final Pattern KEY = Pattern.compile("([!-~]([ -~]*[!-~])?)?");

    /** @throws IllegalArgumentException if the address, the header's name or the key cannot be sent */
    public ChatEndpoint {
        String scheme = String.valueOf(url.getScheme()).toLowerCase(Locale.ROOT);
        if (!(scheme.equals("http") || scheme.equals("https")) || url.getHost() == null) {
            throw new IllegalArgumentException(
                    ("the address of the server must be like https://host/v1/chat/completions, "
                                    + "without '_' in the name of the host (was %s)")
                            .formatted(withoutSecrets(url.toString())));
        }
        if (url.getRawUserInfo() != null || url.getRawFragment() != null) {
            throw new IllegalArgumentException("%s: an address must have no user information and no fragment"
                    .formatted(withoutSecrets(url.toString())));
        }
        if (!HEADER.matcher(header).matches()) {
            // The value may be a whole line with the key.
            throw new IllegalArgumentException(
                    "the header must be the name of a header alone, such as Authorization or api-key");
        }
        if (!KEY.matcher(key).matches()) {
            throw new IllegalArgumentException(("the key for %s has characters that a header cannot carry: "
                            + "it must be printable ASCII without a blank or a line break at its ends")
                    .formatted(withoutSecrets(url.toString())));
        }
    }

    /** The value of the header, with the key. */
    String headerValue() {
        return header.equalsIgnoreCase("Authorization") ? "Bearer " + key : key;
    }

    /** The address for messages: scheme, host, port and path. */
    String address() {
        return withoutSecrets(url.toString());
    }

    @Override
    public String toString() {
        return "ChatEndpoint[url=%s, header=%s, %s]".formatted(address(), header, key.isEmpty() ? "no key" : "a key");
    }

    /** An address without query, fragment and user information. */
    static String withoutSecrets(String address) {
        return address.replaceFirst("[?#].*", "").replaceFirst("//[^/]*@", "//");
    }
}
