package io.paritree.model;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;

/**
 * What commit f7147ad has published, file by file, and what its server answered for it ({@code
 * answers.tsv}: a path, the body of its answer).
 *
 * <p>{@code models/parcel-late} has packages of formats 1 and 2. With the second, the job scored
 * {@code data/parcels} (two days of 40 rows, one without a weight each) by {@code --keys parcel_id
 * --pass note --margin --reasons 2}: to {@code data/scores} with an index of the first day only,
 * and to {@code data/table}, of Delta, with an index of the second day only.
 */
public final class EarlierOutput {
  private EarlierOutput() {}

  /** Unpacks it with the times of its files, on which identities of partitions depend. */
  public static void unpack(Path directory) throws IOException {
    try (InputStream in =
            EarlierOutput.class.getResourceAsStream("/earlier/published-by-f7147ad.zip");
        ZipInputStream zip = new ZipInputStream(in)) {
      for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
        Path file = directory.resolve(entry.getName());
        if (entry.isDirectory()) {
          Files.createDirectories(file);
        } else {
          Files.createDirectories(file.getParent());
          Files.copy(zip, file);
          Files.setLastModifiedTime(file, entry.getLastModifiedTime());
        }
      }
    }
  }
}
