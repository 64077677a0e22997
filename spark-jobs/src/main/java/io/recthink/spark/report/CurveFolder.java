package io.recthink.spark.report;

import io.recthink.spark.files.TextFile;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/** The folder with the curves of a run as pictures, beside the page: {@code report-curves} of {@code report.html}. */
record CurveFolder(Path path, Configuration hadoop) {
    static CurveFolder beside(String page, Configuration hadoop) {
        Path file = new Path(page);
        String name = file.getName().replaceFirst("\\.html?$", "") + "-curves";
        return new CurveFolder(new Path(file.getParent(), name), hadoop);
    }

    /** Writes the pictures and replaces existing ones. Leaves other files, which may belong to a person. */
    void write(Map<String, String> pictures) {
        pictures.forEach((name, svg) -> TextFile.write("--output", path + "/" + name, svg, hadoop));
    }
}
