import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import software.amazon.event.ruler.JsonRuleCompiler;
import software.amazon.event.ruler.Machine;
import software.amazon.event.ruler.Patterns;

/** Reads pairs of an event pattern and an event, one JSON object a line, and writes event-ruler's verdict on each: matches, differs or refused. */
public final class Verdicts {
    public static void main(String[] arguments) throws IOException {
        ObjectMapper mapper = new ObjectMapper();
        try (BufferedReader pairs = Files.newBufferedReader(Path.of(arguments[0]));
                BufferedWriter verdicts = Files.newBufferedWriter(Path.of(arguments[1]))) {
            for (String line = pairs.readLine(); line != null; line = pairs.readLine()) {
                JsonNode pair = mapper.readTree(line);
                verdicts.write(verdictOf(pair.get("pattern").textValue(), pair.get("event").textValue()));
                verdicts.newLine();
            }
        }
    }

    /** As one machine, and, where that says otherwise, with a machine of its own for each way in which the pattern can match. */
    private static String verdictOf(String pattern, String event) {
        Machine machine = new Machine();
        try {
            machine.addRule("rule", pattern);
        } catch (Exception refused) {
            return "refused " + refused.toString().replaceAll("\\s+", " ");
        }
        try {
            boolean matches = !machine.rulesForJSONEvent(event).isEmpty();
            boolean matchesApart = matchesApart(pattern, event);
            return matches == matchesApart ? word(matches) : word(matches) + " " + word(matchesApart);
        } catch (Exception broken) {
            return "broken " + broken;
        }
    }

    private static boolean matchesApart(String pattern, String event) throws Exception {
        for (Map<String, List<Patterns>> alternative : JsonRuleCompiler.compile(pattern)) {
            for (Map<String, List<Patterns>> single : singles(alternative)) {
                Machine machine = new Machine();
                machine.addPatternRule("rule", single);
                if (!machine.rulesForJSONEvent(event).isEmpty()) return true;
            }
        }
        return false;
    }

    /** The alternative multiplied out: one condition for each path. */
    private static List<Map<String, List<Patterns>>> singles(Map<String, List<Patterns>> alternative) {
        List<Map<String, List<Patterns>>> all = List.of(Map.of());
        for (Map.Entry<String, List<Patterns>> field : alternative.entrySet()) {
            List<Map<String, List<Patterns>>> longer = new ArrayList<>();
            for (Map<String, List<Patterns>> one : all) {
                for (Patterns condition : field.getValue()) {
                    Map<String, List<Patterns>> more = new HashMap<>(one);
                    more.put(field.getKey(), List.of(condition));
                    longer.add(more);
                }
            }
            all = longer;
        }
        return all;
    }

    private static String word(boolean matches) {
        return matches ? "matches" : "differs";
    }
}
