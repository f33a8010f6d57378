package io.paritree.serving.insight.runs;

import io.paritree.output.DamagedFileException;
import io.paritree.output.StoredOutcomes;
import io.paritree.store.FileEntry;
import io.paritree.store.FileStore;
import io.paritree.store.Location;
import io.paritree.store.UnfitFileException;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The reports that say how good the scores of an output were, each as of a day. Not thread-safe.
 *
 * @param contents by place, length and time of change
 */
record OutcomeFiles(RecentFiles contents) {
  private static final int MAX_ENTRIES = 100_000;

  /**
   * What is there.
   *
   * @param asOfs all days of which there is a report, newest first; at last a report without a day
   * @param asOf the day of the report; empty if there is none
   * @param report as it is written; empty if there is none, or if it cannot be read
   * @param failure why it cannot be read, for callers; empty if it can
   */
  record Found(List<String> asOfs, Optional<String> asOf, Optional<byte[]> report, String failure) {
    Found {
      asOfs = List.copyOf(asOfs);
    }
  }

  /**
   * Returns a report, and of which days there are others.
   *
   * @param wanted the day that is asked for; empty for the newest
   */
  Found find(FileStore store, Location directory, Optional<String> wanted) throws IOException {
    Comparator<String> undatedLast = Comparator.comparing(StoredOutcomes.UNDATED::equals);
    Map<String, FileEntry> files =
        new TreeMap<>(undatedLast.thenComparing(Comparator.reverseOrder()));
    for (FileEntry entry : store.listOrNone(directory, MAX_ENTRIES)) {
      if (!entry.isDirectory()) {
        StoredOutcomes.asOf(entry.location().name()).ifPresent(asOf -> files.put(asOf, entry));
      }
    }

    List<String> asOfs = List.copyOf(files.keySet());
    Optional<String> asOf = wanted.or(() -> asOfs.stream().findFirst()).filter(files::containsKey);
    if (asOf.isEmpty()) {
      return new Found(asOfs, asOf, Optional.empty(), "");
    }

    try {
      byte[] report = read(store, files.get(asOf.get()), asOf.get());
      return new Found(asOfs, asOf, Optional.of(report), "");
    } catch (DamagedFileException | UnfitFileException | NoSuchFileException e) {
      return new Found(asOfs, asOf, Optional.empty(), RunFiles.forCallers(e));
    }
  }

  private byte[] read(FileStore store, FileEntry file, String asOf) throws IOException {
    String version = "%s %s %s".formatted(file.location(), file.bytes(), file.modifiedMillis());
    return contents.get(
        version,
        () -> {
          byte[] content = store.readAtMost(file.location(), StoredOutcomes.MAX_BYTES);
          return StoredOutcomes.checked(content, asOf, file.location().toString());
        });
  }
}
