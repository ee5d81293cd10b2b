/**
 * Short words that are frequent in one language and rare or absent in the others of this list. Words that a neighbour not in the list
 * shares are left out where that was known: of Swedish those that are Danish or Norwegian, of Polish those that are Czech or Slovak.
 */
const WORDS = {
  en: 'the and is are was were of to in that this it for with on as at by from have has not but you what why how when which who my your please write about does did can could would should if or an be there their they we',
  es: 'el los las una y es son del al por para con que como pero más este esta estos todas todos cuál qué cuándo cuando dónde mi su lo se sobre escribe hay muy también añado fue está no en la',
  fr: "le les une et est sont des du au aux par pour avec que qui quoi mais plus ce cette ces toutes tous quel quelle quand où ma mon mes sa son sur dans pas ne pourquoi combien écris l'on j' il elle nous vous se y je la un petit",
  de: 'der die das den dem des ein eine einen einem einer und ist sind war nicht mit von zu zum zur auf für wenn ich du wir sie es wie was warum dass auch bitte schreib diese diesen dieser dieses alle mein meine über im am aus kann hat haben dort',
  it: 'il lo gli una e è sono del della dello dei delle degli al alla nel nella per con che come ma più questo questa quando quale qual quanto quante perché mia mio tutte tutti sulla sul non di scrivi ci anche un breve',
  pt: 'o os as um uma e é são do da dos das no na nos nas ao à por para com que como mas mais este esta quando qual quanto quantas não minha meu sua seu todas todos sobre escreva eu você em lá também está se de',
  nl: 'de het een en is zijn van voor met niet dat die dit deze op aan als ik je jij wij hoe wat waarom alle mijn over er naar ook bij uit wordt kan schrijf hoeveel in noem',
  pl: 'i w z na się nie jest są to że do dla jak co czy oraz przez ten tę tej tego które który która ile jaka jaki dlaczego moja mojej mój gdy wszystkie po od przy napisz tam',
  tr: 've bir bu için ile neden ne nasıl kaç olan olarak daha çok değil mi mı mu ben benim kızım bütün tüm şu o orada hakkında kadar gibi yaz ikinci var',
  id: 'yang dan di ini itu untuk dengan dari dalam tidak adalah ke pada saya anda apa mengapa bagaimana berapa semua akan bisa atau juga tulis tentang ketika orang',
  /** With Norwegian; not told apart, and named by nobody: here so that they are not taken for a neighbour. */
  da: 'og er det at ikke jeg en et på med til som kan har hva hvad hvordan hvorfor min mit om af av i du deg dig vi',
  sv: 'och är att för inte jag från till hur vad varför vilken många alla här detta ett också eller när mitt mina ni skriv nämns',
} as const;

export type LatinLanguage = keyof typeof WORDS;

/** The languages of which a word is typical. */
export const LANGUAGES_BY_WORD: ReadonlyMap<string, readonly LatinLanguage[]> = indexWords();

function indexWords(): Map<string, LatinLanguage[]> {
  const index = new Map<string, LatinLanguage[]>();
  for (const language of Object.keys(WORDS) as LatinLanguage[]) {
    for (const word of new Set(WORDS[language].split(' '))) {
      const languages = index.get(word);
      if (languages) languages.push(language);
      else index.set(word, [language]);
    }
  }
  return index;
}
