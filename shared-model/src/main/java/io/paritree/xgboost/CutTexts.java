package io.paritree.xgboost;

import io.paritree.Fault;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * Categories whose names the file has only in part, so that they are no vocabulary.
 *
 * <p>XGBoost 3.1 to 3.3 count the characters of a pandas frame's names where bytes are meant. The
 * file has the length of each name in characters (code points), and of the UTF-8 bytes of all names
 * one after the other only the first, as many as there are characters. So the last names are cut or
 * lacking if any name is not ASCII. Frames of Arrow and Polars are counted in bytes; such a file
 * looks the same, and its names are then whole, which nothing in the file shows.
 *
 * <p>Immutable and thread-safe. Source: {@code pd_cat_inf} in {@code
 * python-package/xgboost/_data_utils.py} of XGBoost 3.2.
 */
public final class CutTexts implements RecordedCategories {
  /** Stands for each character that the file lacks: U+FFFD. */
  public static final String LACKING = "\ufffd";

  private static final Comparator<String> BY_CODE_POINT =
      Comparator.comparing(CutTexts::utf8, Arrays::compareUnsigned);

  /** The position of each name among the characters of all names, and the number of these. */
  private final int[] offsets;

  private final byte[] start;

  /** The characters that the file has whole. */
  private final int[] known;

  /** Where the bytes of each name begin; the number of all bytes if the file does not show it. */
  private final int[] begins;

  private final Optional<List<String>> inBytes;

  private CutTexts(int[] offsets, byte[] start, int[] known, Optional<List<String>> inBytes) {
    this.offsets = offsets.clone();
    this.start = start.clone();
    this.known = known;
    this.inBytes = inBytes.map(List::copyOf);
    this.begins = new int[offsets.length - 1];
    int bytes = 0;
    int at = 0;
    for (int code = 0; code < begins.length; code++) {
      for (; at < Math.min(offsets[code], known.length); at++) {
        bytes += utf8(Character.toString(known[at])).length;
      }

      begins[code] = offsets[code] <= known.length ? bytes : start.length;
    }
  }

  /**
   * Returns the names if the file may have cut them: there are characters that are not ASCII, and
   * as many bytes as the lengths of the names add up to.
   *
   * @param offsets ascending
   * @param inBytes the names, if the offsets count bytes; empty if some would not be UTF-8
   */
  static Optional<CutTexts> of(int[] offsets, byte[] utf8, Optional<List<String>> inBytes) {
    boolean isAscii = true;
    for (byte one : utf8) {
      isAscii &= one >= 0;
    }

    int names = offsets.length - 1;
    if (isAscii || names < 1 || offsets[0] != 0 || offsets[names] != utf8.length) {
      return Optional.empty();
    }

    CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
    CharBuffer decoded = CharBuffer.allocate(utf8.length);
    boolean isUtf8 = !decoder.decode(ByteBuffer.wrap(utf8), decoded, false).isError();
    int[] known = decoded.flip().codePoints().toArray();
    return isUtf8 ? Optional.of(new CutTexts(offsets, utf8, known, inBytes)) : Optional.empty();
  }

  /** Returns the names that the file has if its offsets count bytes; empty if they cannot. */
  Optional<List<String>> inBytes() {
    return inBytes;
  }

  /**
   * Returns the names as far as the file has them, with {@link #LACKING} for each other character;
   * where two would be equal, with their code added.
   */
  @Override
  public List<String> values() {
    List<String> names = new ArrayList<>();
    Set<String> different = new HashSet<>();
    for (int code = 0; code < begins.length; code++) {
      String name = shown(code);
      names.add(different.add(name) || isWhole(code) ? name : name + " " + code);
    }

    return names;
  }

  private String shown(int code) {
    int begin = Math.min(offsets[code], known.length);
    int end = Math.min(offsets[code + 1], known.length);
    return new String(known, begin, end - begin)
        + LACKING.repeat(offsets[code + 1] - Math.max(offsets[code], end));
  }

  private boolean isWhole(int code) {
    return offsets[code + 1] <= known.length;
  }

  /** Returns how many names the file has whole. */
  public int wholeNames() {
    return (int) IntStream.range(0, begins.length).filter(this::isWhole).count();
  }

  /**
   * Returns why these cannot be the names, as a clause that begins with "its"; empty if they agree
   * with everything that the file has of them.
   */
  public Optional<String> disagreement(List<?> given) {
    if (inBytes.isPresent() && inBytes.get().equals(given)) {
      return Optional.empty();
    }

    if (given.size() != begins.length) {
      return Optional.of(
          "its categories are %s, but the model file has %s"
              .formatted(given.size(), begins.length));
    }

    for (int code = 0; code < begins.length; code++) {
      String name = Fault.printable(String.valueOf(given.get(code)));
      if (!(given.get(code) instanceof String text) || !fits(code, text)) {
        return Optional.of(
            "its category at code %s is '%s', but the one of the model file has %s characters, as in '%s' (%s stands for each character that the file lacks)"
                .formatted(
                    code,
                    name,
                    offsets[code + 1] - offsets[code],
                    Fault.printable(shown(code)),
                    LACKING));
      }

      if (!isWhole(code) && text.contains(LACKING)) {
        return Optional.of(
            "its category at code %s, '%s', is incomplete: the model file lacks the characters that %s stands for; give the trainer's name"
                .formatted(code, name, LACKING));
      }
    }

    return Optional.empty();
  }

  /** Returns whether a text has the length of a name, and its bytes as far as the file has them. */
  private boolean fits(int code, String text) {
    byte[] bytes = utf8(text);
    int some = Math.min(bytes.length, start.length - begins[code]);
    return text.codePointCount(0, text.length()) == offsets[code + 1] - offsets[code]
        && Arrays.equals(bytes, 0, some, start, begins[code], begins[code] + some);
  }

  /**
   * Returns the names, completed by those among some texts that they can be. If there are as many
   * texts left as names, these are taken in the order of their code points, provided that each fits
   * and all names are then in that order, as pandas sorts them; otherwise each text that is the
   * only one that fits a name. Other names stay as {@link #values} has them.
   */
  public List<String> completed(Collection<String> texts) {
    List<String> names = new ArrayList<>(values());
    List<Integer> lacking = new ArrayList<>();
    for (int code = 0; code < begins.length; code++) {
      if (!isWhole(code)) {
        lacking.add(code);
      }
    }

    Set<String> whole = new HashSet<>(names);
    lacking.forEach(code -> whole.remove(names.get(code)));
    List<String> rest = new ArrayList<>(new HashSet<>(texts));
    rest.removeAll(whole);
    rest.sort(BY_CODE_POINT);
    Optional<List<String>> sorted = inOrder(names, lacking, rest);
    if (sorted.isPresent()) {
      return sorted.get();
    }

    boolean isChanged = true;
    while (isChanged) {
      Map<String, List<Integer>> onlyFor = new TreeMap<>();
      for (int code : lacking) {
        List<String> fitting = rest.stream().filter(text -> fits(code, text)).toList();
        if (fitting.size() == 1) {
          onlyFor.computeIfAbsent(fitting.get(0), text -> new ArrayList<>()).add(code);
        }
      }

      onlyFor.values().removeIf(codes -> codes.size() > 1);
      onlyFor.forEach((text, codes) -> names.set(codes.get(0), text));
      onlyFor.values().forEach(lacking::removeAll);
      isChanged = rest.removeAll(onlyFor.keySet());
    }

    return names;
  }

  private Optional<List<String>> inOrder(
      List<String> names, List<Integer> lacking, List<String> rest) {
    if (rest.size() != lacking.size()) {
      return Optional.empty();
    }

    List<String> sorted = new ArrayList<>(names);
    for (int at = 0; at < rest.size(); at++) {
      if (!fits(lacking.get(at), rest.get(at))) {
        return Optional.empty();
      }

      sorted.set(lacking.get(at), rest.get(at));
    }

    return sorted.equals(sorted.stream().sorted(BY_CODE_POINT).toList())
        ? Optional.of(sorted)
        : Optional.empty();
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
