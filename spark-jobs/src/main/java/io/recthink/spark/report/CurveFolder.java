package io.recthink.spark.report;

import io.recthink.spark.files.TextFile;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/** The folder beside the page of a run that has its curves as pictures: {@code report-curves} of {@code report.html}. */
record CurveFolder(Path path, Configuration hadoop) {
    static CurveFolder beside(String page, Configuration hadoop) {
        Path file = new Path(page);
        String name = file.getName().replaceFirst("\\.html?$", "") + "-curves";
        return new CurveFolder(new Path(file.getParent(), name), hadoop);
    }

    /** Writes the pictures, in place of earlier ones. What else lies there is a person's, who may have drawn on. */
    void write(Map<String, String> pictures) {
        pictures.forEach((name, svg) -> TextFile.write("--output", path + "/" + name, svg, hadoop));
    }
}
