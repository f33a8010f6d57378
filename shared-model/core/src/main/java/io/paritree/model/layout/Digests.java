package io.paritree.model.layout;

import io.paritree.CorruptModelException;
import io.paritree.Fault;
import io.paritree.Sha256;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The digests of a package's files, as stored in {@code paritree.sha256}.
 *
 * <p>The form is as of {@code sha256sum}: one line for every other file, {@code <64 hexadecimal
 * digits><2 blanks><name>}, ascending by name; names are relative and use {@code /}. A last line,
 * {@code # sha256 of the lines above: <64 hexadecimal digits>}, which {@code sha256sum --check}
 * ignores, guards the file itself: every changed byte, added line or removed line is detected.
 * Every line ends with one line feed and nothing follows the last. Immutable.
 */
public final class Digests {

  private static final int MAX_FILES = 10_000;
  private static final Pattern LINE = Pattern.compile("([0-9a-f]{64})  ([^\\p{Cntrl}\\\\]+)");
  private static final String GUARD = "# sha256 of the lines above: ";
  private static final String UNGUARDED = "its last line does not fit the lines above";

  private final SortedMap<String, String> digestsByName;
  private final byte[] content;
  private final boolean isGuarded;

  private Digests(SortedMap<String, String> digestsByName, byte[] content, boolean isGuarded) {
    this.digestsByName = digestsByName;
    this.content = content;
    this.isGuarded = isGuarded;
  }

  /**
   * Computes the digests of files.
   *
   * @throws IllegalArgumentException if a name cannot be written in the file
   */
  public static Digests of(Map<String, byte[]> files) {
    SortedMap<String, String> digests = new TreeMap<>();
    StringBuilder lines = new StringBuilder();
    new TreeMap<>(files)
        .forEach(
            (name, content) -> {
              if (!isGoodName(name)) {
                throw new IllegalArgumentException(
                    "Cannot seal the file '%s': its name has a control character, a backslash, or"
                            .formatted(Fault.printable(name))
                        + " does not stay within the package");
              }

              String digest = Sha256.hex(content);
              digests.put(name, digest);
              lines.append(digest).append("  ").append(name).append('\n');
            });
    String guard = GUARD + Sha256.hex(lines.toString().getBytes(StandardCharsets.UTF_8)) + "\n";
    return new Digests(
        digests, lines.append(guard).toString().getBytes(StandardCharsets.UTF_8), true);
  }

  /**
   * Reads {@code paritree.sha256}.
   *
   * <p>Where only the last line is wrong or missing, the other lines are read nevertheless. So the
   * opening can report what else is wrong before {@link #checkGuard} refuses the package.
   *
   * @param origin names the package in messages
   * @throws CorruptModelException naming the file, if one of the other lines is ill-formed
   */
  public static Digests parse(String origin, byte[] content) throws CorruptModelException {
    String text = new String(content, StandardCharsets.UTF_8);
    int guardAt = text.lastIndexOf(GUARD);
    String lines = guardAt < 0 ? text : text.substring(0, guardAt);
    String guard = GUARD + Sha256.hex(lines.getBytes(StandardCharsets.UTF_8)) + "\n";
    boolean isGuarded = Arrays.equals(content, (lines + guard).getBytes(StandardCharsets.UTF_8));

    SortedMap<String, String> digests = new TreeMap<>();
    for (String line : lines.replaceFirst("\n$", "").split("\n", -1)) {
      Matcher matcher = LINE.matcher(line);
      boolean good =
          matcher.matches()
              && isGoodName(matcher.group(2))
              && (digests.isEmpty() || digests.lastKey().compareTo(matcher.group(2)) < 0)
              && digests.size() < MAX_FILES;
      if (!good) {
        throw refused(
            origin,
            "got the line '%s', expected '<64 hexadecimal digits>  <name>', ascending by name"
                .formatted(Fault.printable(line)));
      }

      digests.put(matcher.group(2), matcher.group(1));
    }

    return new Digests(digests, content.clone(), isGuarded);
  }

  /**
   * Refuses digests whose last line does not fit the lines above.
   *
   * @param origin names the package in messages
   * @throws CorruptModelException naming the file, if they are not exactly as they were written
   */
  public void checkGuard(String origin) throws CorruptModelException {
    if (!isGuarded) {
      throw refused(origin, UNGUARDED);
    }
  }

  /**
   * Refuses digests whose last line does not fit the lines above, where something else is wrong
   * with the package as well.
   *
   * @throws CorruptModelException naming both, if they are not exactly as they were written
   */
  public void checkGuard(String origin, Exception more) throws CorruptModelException {
    if (!isGuarded) {
      throw new CorruptModelException(
          refused(origin, UNGUARDED).getMessage() + "; and: " + more.getMessage(), more);
    }
  }

  public static boolean isGoodName(String name) {
    return !name.equals(PackageFiles.DIGESTS)
        && LINE.matcher("0".repeat(64) + "  " + name).matches()
        && Stream.of(name.split("/", -1)).noneMatch(Set.of("", ".", "..")::contains);
  }

  /** Returns the names of the files, ascending. */
  public Set<String> names() {
    return digestsByName.keySet();
  }

  /** Returns the content of {@code paritree.sha256}. */
  public byte[] content() {
    return content.clone();
  }

  /** Returns the digest of the package: the SHA-256 of {@code paritree.sha256}. */
  public String packageDigest() {
    return Sha256.hex(content);
  }

  /**
   * Compares a file with its digest.
   *
   * @param got its SHA-256; null if the file is missing
   * @throws CorruptModelException naming the file, if it is not exactly as it was sealed
   */
  public void verify(String origin, String name, String got) throws CorruptModelException {
    if (got == null) {
      throw new CorruptModelException(
          "Cannot open model package %s: its file '%s', which %s lists, is missing"
              .formatted(origin, name, PackageFiles.DIGESTS));
    }

    // Callers read the message too: it has no digest of a file.
    if (!got.equals(digestsByName.get(name))) {
      throw new CorruptModelException(
          "Cannot open model package %s: its file '%s' is not the one that %s lists; it was changed or cut short after it was sealed"
              .formatted(origin, name, PackageFiles.DIGESTS));
    }
  }

  private static CorruptModelException refused(String origin, String why) {
    return new CorruptModelException(
        "Cannot open model package %s: its file '%s' was changed or cut short after it was sealed: %s"
            .formatted(origin, PackageFiles.DIGESTS, why));
  }
}
