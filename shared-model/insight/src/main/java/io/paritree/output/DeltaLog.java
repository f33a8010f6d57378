package io.paritree.output;

import io.paritree.json.BrokenJsonException;
import io.paritree.json.StrictJson;
import io.paritree.store.FileEntry;
import io.paritree.store.FileStore;
import io.paritree.store.Location;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The log of a Delta table (Delta's protocol, "Delta Log Entries"): a file per commit, of a line
 * per action.
 *
 * @param store holds the table
 * @param table the table's directory
 * @param maxActionBytes the longest line that is read
 */
public record DeltaLog(FileStore store, Location table, int maxActionBytes) {
  private static final Pattern COMMIT = Pattern.compile("(00[0-9]{18})\\.json");
  private static final int MAX_ENTRIES = 200_000;

  /**
   * The kinds of actions that determine which runs made the rows of a version; others are ignored.
   */
  public enum Kind {
    ADD,
    REMOVE,
    PROTOCOL,
    TRANSACTION
  }

  /**
   * An action of a commit.
   *
   * @param name the path of the file that is added or removed, as the log has it, or the name of
   *     the transaction
   * @param changesRows whether it adds or removes rows; {@code OPTIMIZE} changes files and no rows
   * @param partition the values of the file's partition columns; null where they are
   */
  public record Action(
      Kind kind, String name, boolean changesRows, Map<String, String> partition) {}

  /** Receives actions. */
  @FunctionalInterface
  public interface Reader {
    void read(Action action) throws IOException;
  }

  /** Returns the directory of the log. */
  public Location directory() {
    return table.resolve("_delta_log");
  }

  /** Returns the file of a commit. */
  public Location commit(long version) {
    return directory().resolve(String.format(Locale.ROOT, "%020d.json", version));
  }

  /** Returns the file of the newest commit. */
  public FileEntry newest() throws IOException {
    return store.list(directory(), MAX_ENTRIES).stream()
        .filter(entry -> version(entry) >= 0)
        .max(Comparator.comparingLong(DeltaLog::version))
        .orElseThrow(
            () ->
                new DamagedFileException(
                    "Cannot read %s: it has no commit".formatted(directory())));
  }

  /** Returns the version that a file is the commit of; -1 if it is none. */
  public static long version(FileEntry entry) {
    Matcher commit = COMMIT.matcher(entry.location().name());
    return commit.matches() ? Long.parseLong(commit.group(1)) : -1;
  }

  /**
   * Reads a commit, action by action.
   *
   * @throws NoSuchFileException if the log no longer has it
   * @throws DamagedFileException if it is no commit, or a line is too long
   */
  public void read(long version, Reader reader) throws IOException {
    Location file = commit(version);
    try (InputStream in = new BufferedInputStream(store.open(file))) {
      for (byte[] line = line(in, file); line.length > 0; line = line(in, file)) {
        if (line[0] == '\n' || line[0] == '\r') {
          continue; // an empty line, which Delta passes over too
        }

        for (Action action : actions(new StrictJson(file.toString(), line))) {
          reader.read(action);
        }
      }
    } catch (BrokenJsonException e) {
      throw new DamagedFileException(e.getMessage(), e);
    }
  }

  /** Reads a line, with its end; empty at the end of the file. */
  private byte[] line(InputStream in, Location file) throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    for (int next = in.read(); next >= 0; next = in.read()) {
      line.write(next);
      if (next == '\n') {
        break;
      } else if (line.size() == maxActionBytes) {
        throw new DamagedFileException(
            "Cannot read %s: it has a line of more than %s bytes, which is more than is read"
                .formatted(file, maxActionBytes));
      }
    }

    return line.toByteArray();
  }

  private static List<Action> actions(StrictJson json) throws BrokenJsonException {
    List<Action> actions = new ArrayList<>();
    json.document(
        () ->
            json.namedValues(
                name -> {
                  switch (name) {
                    case "add" -> actions.add(action(Kind.ADD, "path", json));
                    case "remove" -> actions.add(action(Kind.REMOVE, "path", json));
                    case "protocol" -> actions.add(action(Kind.PROTOCOL, "", json));
                    case "txn" -> actions.add(action(Kind.TRANSACTION, "appId", json));
                    default -> json.skip();
                  }
                }));
    return actions;
  }

  private static Action action(Kind kind, String nameKey, StrictJson json)
      throws BrokenJsonException {
    String[] name = {""};
    boolean[] changes = {false};
    Map<String, String> partition = new HashMap<>();
    json.namedValues(
        member -> {
          if (member.equals(nameKey)) {
            name[0] = json.text();
          } else if (member.equals("dataChange")) {
            changes[0] = json.truth();
          } else if (member.equals("partitionValues") && json.isObject()) {
            json.namedValues(column -> partition.put(column, textOrNull(json)));
          } else {
            json.skip();
          }
        });
    return new Action(kind, name[0], changes[0], partition);
  }

  private static String textOrNull(StrictJson json) throws BrokenJsonException {
    if (json.isText()) {
      return json.text();
    }

    json.skip();
    return null;
  }
}
