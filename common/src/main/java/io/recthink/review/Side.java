package io.recthink.review;

import java.util.List;

/**
 * What a batch knows of its users, or of its items.
 *
 * @param ids the user (item) of each row; the number of ids stands for one that training has not seen
 * @param texts token ids. DeepCoNN and DAML: the document of each row. NARRE: the reviews of the first row, oldest first,
 *     then those of the second, and so on
 * @param counterparts NARRE: for each row whom its reviews are about (by); for the others empty
 */
@SuppressWarnings("ArrayRecordComponent") // one number a row; never compared
public record Side(int[] ids, List<int[]> texts, List<int[]> counterparts) {
    public Side {
        texts = List.copyOf(texts);
        counterparts = List.copyOf(counterparts);
        int reviews = counterparts.stream().mapToInt(row -> row.length).sum();
        boolean fits = counterparts.isEmpty()
                ? texts.size() == ids.length
                : counterparts.size() == ids.length && texts.size() == reviews;
        if (!fits) {
            throw new IllegalArgumentException("%d rows have %d texts, and %d reviews of %d rows"
                    .formatted(ids.length, texts.size(), reviews, counterparts.size()));
        }
    }

    /** The users (items) with a document each. */
    public static Side ofDocuments(int[] ids, List<int[]> documents) {
        return new Side(ids, documents, List.of());
    }
}
