package io.paritree.serving.indexes;

import io.paritree.CorruptModelException;
import io.paritree.json.StrictJson;
import io.paritree.lookup.TableIndexes;
import io.paritree.output.DamagedFileException;
import io.paritree.serving.indexes.UnservedPartition.Reason;
import io.paritree.store.FileEntry;
import io.paritree.store.FileStore;
import io.paritree.store.Location;
import io.paritree.store.UnfitFileException;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.NoSuchFileException;
import java.util.Comparator;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The log of a Delta table, as far as it says which run of the job has made the newest version.
 *
 * <p>The last commit that has changed rows must be of a run that has built indexes; what it has
 * written beside them says which belong to the version. Commits that change files and no rows
 * ({@code OPTIMIZE}) do not matter. Not thread-safe.
 */
final class TableLog {
  private static final Pattern COMMIT = Pattern.compile("(00[0-9]{18})\\.json");
  private static final int MAX_LIST = 16 << 20;
  private static final int MAX_ACTION = 4 << 20;
  private static final int MAX_ENTRIES = 200_000;
  private static final int MAX_TRANSACTIONS = 1_000;
  private static final long MAX_COMMIT = 1L << 30;

  /** How many commits of other writers are passed to find the last version of the job. */
  private static final int MAX_PASSED = 1_000;

  private final FileStore store;
  private final Location log;
  private FileEntry known;
  private Version version;

  /**
   * Which indexes belong to a version.
   *
   * @param runs as in {@link TableIndexes}
   * @param refusal why this is an older version than the newest, or none; empty if it is the newest
   */
  record Version(Map<String, String> runs, Optional<UnservedPartition> refusal) {}

  /** What a commit has done: whether it has changed rows, and in whose names. */
  private record Commit(boolean hasChanged, Set<String> transactions) {}

  /** A commit of a run that has built indexes, by the name of the run's directory. */
  private record Own(String name, TableIndexes indexes) {
    private Set<String> partitions() {
      return indexes.runs().entrySet().stream()
          .filter(run -> run.getValue().equals(name))
          .map(Map.Entry::getKey)
          .collect(Collectors.toSet());
    }
  }

  TableLog(FileStore store, Location table) {
    this.store = store;
    this.log = table.resolve("_delta_log");
  }

  /** Returns whether the output is a table. */
  boolean exists() throws IOException {
    return store.find(log).isPresent();
  }

  /**
   * Returns which indexes belong to the newest version, or to the last one before it that has any.
   *
   * @param built the directory of the table's indexes
   */
  Version newest(Location built) throws IOException {
    FileEntry newest = newestCommit();
    if (!newest.equals(known)) {
      version = version(built, version(newest));
      boolean isDamaged =
          version.refusal().filter(why -> why.reason() == Reason.DAMAGED).isPresent();
      known = isDamaged ? null : newest; // a damaged file may be mended
    }

    return version;
  }

  private FileEntry newestCommit() throws IOException {
    return store.list(log, MAX_ENTRIES).stream()
        .filter(entry -> version(entry) >= 0)
        .max(Comparator.comparingLong(TableLog::version))
        .orElseThrow(
            () -> new DamagedFileException("Cannot read %s: it has no commit".formatted(log)));
  }

  /** Returns the version that a file is the commit of; -1 if it is none. */
  private static long version(FileEntry entry) {
    Matcher commit = COMMIT.matcher(entry.location().name());
    return commit.matches() ? Long.parseLong(commit.group(1)) : -1;
  }

  private Version version(Location built, long newest) throws IOException {
    UnservedPartition refusal = null;
    boolean isGone = false;
    for (long version = newest; !isGone && version >= Math.max(0, newest - MAX_PASSED); version--) {
      try {
        Commit commit = commit(version);
        Optional<Own> own = own(built, commit);
        if (own.isPresent()) {
          Map<String, String> runs = withOthers(built, own.get(), version);
          return new Version(runs, Optional.ofNullable(refusal));
        } else if (commit.hasChanged()) {
          throw refused(version);
        }
      } catch (ForeignVersionException e) {
        refusal = refusal == null ? unserved(Reason.FOREIGN_VERSION, e) : refusal;
        isGone = e.isGone;
      } catch (DamagedFileException | UnfitFileException e) {
        refusal = refusal == null ? unserved(Reason.DAMAGED, e) : refusal;
      }
    }

    return new Version(
        Map.of(),
        Optional.of(refusal == null ? unserved(Reason.FOREIGN_VERSION, refused(newest)) : refusal));
  }

  private static UnservedPartition unserved(Reason reason, IOException e) {
    return new UnservedPartition("", true, reason, e.getMessage());
  }

  /** Adds what other runs have committed between a run's commit and the version it is based on. */
  private Map<String, String> withOthers(Location built, Own own, long version) throws IOException {
    Map<String, String> runs = new TreeMap<>(own.indexes().runs());
    for (long other = own.indexes().base() + 1; other < version; other++) {
      Commit commit = commit(other);
      Optional<Own> between = own(built, commit);
      if (between.isEmpty() && commit.hasChanged()) {
        throw refused(other);
      }

      for (String partition : between.map(Own::partitions).orElse(Set.of())) {
        if (!own.partitions().contains(partition)) {
          runs.put(partition, between.get().name());
        }
      }
    }

    return runs;
  }

  /** No index has the rows of a version. */
  private static final class ForeignVersionException extends IOException {
    private static final long serialVersionUID = 1L;
    private final boolean isGone;

    private ForeignVersionException(long version, boolean isGone) {
      super(
          ("version %s of the table was not written by scripts/score --lookup-index, so no index has its"
                  + " rows; the next such run makes one")
              .formatted(version));
      this.isGone = isGone;
    }
  }

  private static ForeignVersionException refused(long version) {
    return new ForeignVersionException(version, false);
  }

  private Optional<Own> own(Location built, Commit commit) throws IOException {
    for (String name : commit.transactions()) {
      Location file;
      try {
        file = built.resolve(name).resolve(TableIndexes.FILE);
      } catch (IllegalArgumentException e) {
        continue; // no name of a run
      }

      try {
        byte[] content = store.readAtMost(file, MAX_LIST);
        return Optional.of(new Own(name, TableIndexes.fromJson(content, file.toString())));
      } catch (NoSuchFileException e) {
        continue; // not of a run with indexes
      }
    }

    return Optional.empty();
  }

  private Commit commit(long version) throws IOException {
    Location file = log.resolve(String.format(Locale.ROOT, "%020d.json", version));
    boolean[] hasChanged = {false};
    Set<String> transactions = new TreeSet<>();
    if (store.find(file).isPresent() && store.regular(file).bytes() > MAX_COMMIT) {
      throw new DamagedFileException(
          "Cannot read %s: it has more than %s bytes, which is more than is read"
              .formatted(file, MAX_COMMIT));
    }

    try (InputStream in = new BufferedInputStream(store.open(file))) {
      for (byte[] line = line(in, file); line.length > 0; line = line(in, file)) {
        StrictJson json = new StrictJson(file.toString(), line);
        json.document(
            () ->
                json.namedValues(
                    action -> {
                      switch (action) {
                        case "add", "remove" -> hasChanged[0] |= changesRows(json);
                        case "protocol" -> {
                          hasChanged[0] = true; // it may say that rows are elsewhere
                          json.skip();
                        }
                        case "txn" -> {
                          transactions.add(name(json));
                          if (transactions.size() > MAX_TRANSACTIONS) {
                            throw json.wrong("at most %s transactions".formatted(MAX_TRANSACTIONS));
                          }
                        }
                        default -> json.skip();
                      }
                    }));
      }
    } catch (NoSuchFileException e) {
      throw new ForeignVersionException(version, true);
    } catch (CorruptModelException e) {
      throw new DamagedFileException(e.getMessage(), e);
    }

    return new Commit(hasChanged[0], transactions);
  }

  /** Reads a line, with its end; empty at the end of the file. */
  private static byte[] line(InputStream in, Location file) throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    for (int next = in.read(); next >= 0; next = in.read()) {
      line.write(next);
      if (next == '\n') {
        break;
      } else if (line.size() == MAX_ACTION) {
        throw new DamagedFileException(
            "Cannot read %s: it has a line of more than %s bytes, which is more than is read"
                .formatted(file, MAX_ACTION));
      }
    }

    return line.toByteArray();
  }

  private static boolean changesRows(StrictJson json) throws CorruptModelException {
    boolean[] changes = {false};
    json.namedValues(
        member -> {
          if (member.equals("dataChange")) {
            changes[0] = json.truth();
          } else {
            json.skip();
          }
        });
    return changes[0];
  }

  private static String name(StrictJson json) throws CorruptModelException {
    String[] name = {""};
    json.namedValues(
        member -> {
          if (member.equals("appId")) {
            name[0] = json.text();
          } else {
            json.skip();
          }
        });
    return name[0];
  }
}
