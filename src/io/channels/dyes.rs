//! Names of dyes, colours and laser lines, in lower case without spaces, and the channel that each stands for.

use crate::field::ChannelRole;

/// What a name in the tables stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::io) enum Dye {
    Of(ChannelRole),
    /// None of the three.
    Other,
}

/// DNA stains.
#[rustfmt::skip]
pub(super) const COUNTERSTAIN: &[&str] = &[
    "dapi", "hoechst", "hoechst33342", "hoechst33258", "h33342", "h33258", "counterstain", "blue", "hoe", "uv",
    "nuclei", "nucleus", "blau", "bleu", "azul", "blu", "azzurro", "blauw", "blå", "niebieski", "modrá", "modra",
    "modrý", "sininen", "mavi", "синий", "синій", "μπλε", "kék", "蓝", "蓝色", "藍", "青", "青色", "파랑",
    "蓝光", "藍色", "藍光", "синяя",
];

/// Labels that emit at 560 to 650 nm, and the colour words for them.
#[rustfmt::skip]
pub(super) const RED: &[&str] = &[
    "red", "orange", "spectrumorange", "spectrumred", "sporange", "spo", "specorange", "spred", "specred", "cy3",
    "cy3.5", "tritc", "texasred", "txred", "txr", "rhodamine", "tamra", "rox", "rfp", "dsred", "mcherry", "tomato",
    "tdtomato", "dtomato", "zyred", "zyorange", "platinumbright550", "alexa546", "alexa555", "alexa568", "alexa594",
    "alexafluor546", "alexafluor555", "alexafluor568", "alexafluor594", "af546", "af555", "af568", "af594",
    "atto550", "atto565", "atto594", "dylight549", "dylight550", "dylight594", "cf555", "cf568", "cf594", "rhod",
    "rhodaminered", "rhodred", "rrx", "lissamine", "texred", "orng", "cy3b", "dy547",
    "dy549", "quasar", "quasar570", "q570", "calfluorred590", "calfluorred610", "calfluorred615",
    "calfluororange560", "bodipytmr", "bodipytr", "bodipytrx", "a546", "a555", "a568", "a594", "alx546", "alx555",
    "alx568", "alx594", "if555", "ifluor555", "ifluor594", "jf549", "jf552", "atto532", "attorho6g", "cf543",
    "cf550", "abberiorstarorange", "starorange", "star580", "morange", "mko", "mkate", "mkate2",
    "mruby", "mscarlet", "mapple", "mstrawberry", "rfp1", "turborfp", "rot", "rouge", "rojo", "rosso", "vermelho",
    "rood", "röd", "rød", "czerwony", "červená", "červený", "cervena", "punainen", "kırmızı", "kirmizi", "красный",
    "червоний", "κόκκινο", "piros", "vörös", "红", "红色", "紅", "紅色", "赤", "赤色", "빨강", "naranja", "arancione",
    "arancio", "laranja", "oranje", "oranž", "oranžová", "oranzova", "pomarańczowy", "pomaranczowy", "oranssi",
    "turuncu", "оранжевый", "narancs", "橙", "橙色", "オレンジ", "주황",
    "mrfp", "phycoerythrin", "rpe", "tdtom", "dii", "红光", "橙光", "橘", "橘色", "橘红", "オレンジ色", "красная", "оранжевая",
];

/// Labels that emit at 500 to 545 nm, and the colour word for them.
#[rustfmt::skip]
pub(super) const GREEN: &[&str] = &[
    "green", "spectrumgreen", "spgreen", "spgr", "specgreen", "fitc", "fluorescein", "fam", "gfp", "egfp", "cy2",
    "oregongreen", "zygreen", "platinumbright495", "alexa488", "alexafluor488", "af488", "atto488", "dylight488",
    "cf488", "cf488a", "spg", "spgrn", "spectrumgrn", "grn", "fluoresceine", "bodipyfl", "bodipy", "a488", "alx488",
    "if488", "ifluor488", "mneongreen", "neongreen", "zsgreen", "emgfp", "star488", "atto495", "atto520", "cf488st",
    "dy490", "dy495", "calfluorgreen", "sybrgreen", "grün", "gruen", "grun", "vert", "verde", "groen", "grön",
    "grøn", "grønn", "zielony", "zelená", "zelený", "zelena", "vihreä", "vihrea", "yeşil", "yesil", "зеленый",
    "зелёный", "зелений", "πράσινο", "zöld", "zold", "绿", "绿色", "綠", "綠色", "緑", "緑色", "초록", "녹색",
    "sfgfp", "mgfp", "绿光", "綠光", "зеленая", "зелёная",
];

/// Labels and contrasts that are none of the three. They keep an emission wavelength in a neighbouring band
/// (`SpectrumAqua`: 480 nm) from being taken for one.
#[rustfmt::skip]
pub(super) const OTHER: &[&str] = &[
    "spectrumaqua", "aqua", "spaqua", "deac", "cfp", "cyan", "spectrumblue", "spectrumgold", "gold", "yfp",
    "yellow", "spectrumfarred", "farred", "infrared", "nearinfrared", "cy5", "cy5.5", "cy7", "alexa405", "alexa633",
    "alexa647", "alexa660", "alexa680", "alexa700", "alexa750", "alexafluor405", "alexafluor633", "alexafluor647",
    "alexafluor660", "alexafluor680", "alexafluor700", "alexafluor750", "af633", "af647", "af750", "atto633",
    "atto647", "atto647n", "dylight649", "dylight650", "autofluorescence", "brightfield", "transmitted",
    "transmission", "dic", "phase", "phasecontrast", "spa", "spgold", "spfr", "quasar670", "quasar705", "q670",
    "calfluorgold540", "starred", "star635", "star635p", "jf646", "a405", "a633", "a647", "a680", "a750", "alx647",
    "cf633", "cf640r", "cf647", "draq5", "sirdna", "venus", "bf", "trans", "tl", "tpmt", "phaco", "hellfeld",
    "durchlicht", "nir", "gelb", "jaune", "amarillo", "giallo", "黄", "黄色", "白光", "明场", "dunkelrot", "farr",
];

/// Lines of lasers and lamps, nm: those that excite the counterstain, red and green labels, and none of the three.
pub(super) const LINES: [(&[&str], Dye); 4] = [
    (&["355", "365", "375", "385", "395", "405"], Dye::Of(ChannelRole::Counterstain)),
    (&["532", "543", "546", "552", "555", "559", "561", "568", "594"], Dye::Of(ChannelRole::Red)),
    (&["488", "491"], Dye::Of(ChannelRole::Green)),
    (&["633", "635", "638", "640", "642", "647", "730", "750", "785"], Dye::Other),
];

/// Words that stand beside the line of a laser or lamp and say nothing themselves.
#[rustfmt::skip]
pub(super) const BESIDE_LINES: &[&str] = &[
    "laser", "line", "ex", "exc", "excitation", "led", "nm", "confocal", "csu", "spinning", "disk", "widefield",
    "channel", "ch", "camera", "track", "argon", "hene", "diode", "dpss",
];

/// Names of one letter or two that count only where nothing else is in the name.
pub(super) const SHORT: &[(&str, ChannelRole)] = &[
    ("r", ChannelRole::Red),
    ("o", ChannelRole::Red),
    ("so", ChannelRole::Red),
    ("g", ChannelRole::Green),
    ("sg", ChannelRole::Green),
    ("b", ChannelRole::Counterstain),
];

/// Letters with their mark as one character, for names that write them as two.
pub(super) const COMPOSED: &[(char, char, char)] = &[
    ('a', '\u{30a}', 'å'),
    ('a', '\u{308}', 'ä'),
    ('o', '\u{308}', 'ö'),
    ('u', '\u{308}', 'ü'),
    ('e', '\u{308}', 'ë'),
    ('a', '\u{301}', 'á'),
    ('e', '\u{301}', 'é'),
    ('y', '\u{301}', 'ý'),
    ('n', '\u{301}', 'ń'),
    ('c', '\u{30c}', 'č'),
    ('z', '\u{30c}', 'ž'),
    ('s', '\u{327}', 'ş'),
    ('е', '\u{308}', 'ё'),
    ('ο', '\u{301}', 'ό'),
    ('α', '\u{301}', 'ά'),
];
