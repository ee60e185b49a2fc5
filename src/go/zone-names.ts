// What people call the time of a zone, by zone and offset: the abbreviations of the IANA database since the year 2000.
// Node.js has the zones' rules, but for most zones no names. A zone without a name for an offset shows the offset.
// Source: tzdata 2025c, as `zdump -v` shows it. The test compares it with the machine's own zone files.

/** Abbreviations with their offsets in hours, and the zones that have exactly these. */
const NAMES: readonly (readonly [names: string, zones: string])[] = [
  [
    'GMT0',
    `Africa/Abidjan Africa/Accra Africa/Bamako Africa/Banjul Africa/Bissau Africa/Conakry Africa/Dakar
Africa/Freetown Africa/Lome Africa/Monrovia Africa/Nouakchott Africa/Ouagadougou Africa/Timbuktu
America/Danmarkshavn Atlantic/Reykjavik Atlantic/St_Helena Etc/GMT Etc/GMT+0 Etc/GMT-0 Etc/GMT0
Etc/Greenwich GMT GMT+0 GMT-0 GMT0 Greenwich Iceland`,
  ],
  [
    'EAT3',
    `Africa/Addis_Ababa Africa/Asmara Africa/Asmera Africa/Dar_es_Salaam Africa/Djibouti Africa/Kampala
Africa/Mogadishu Africa/Nairobi Indian/Antananarivo Indian/Comoro Indian/Mayotte`,
  ],
  ['CET1', 'Africa/Algiers'],
  [
    'WAT1',
    `Africa/Bangui Africa/Brazzaville Africa/Douala Africa/Kinshasa Africa/Lagos Africa/Libreville Africa/Luanda
Africa/Malabo Africa/Ndjamena Africa/Niamey Africa/Porto-Novo`,
  ],
  [
    'CAT2',
    `Africa/Blantyre Africa/Bujumbura Africa/Gaborone Africa/Harare Africa/Kigali Africa/Lubumbashi Africa/Lusaka
Africa/Maputo`,
  ],
  [
    'EET2 EEST3',
    `Africa/Cairo Asia/Beirut Asia/Famagusta Asia/Gaza Asia/Hebron Asia/Nicosia EET Egypt Europe/Athens
Europe/Bucharest Europe/Chisinau Europe/Helsinki Europe/Kiev Europe/Kyiv Europe/Mariehamn Europe/Nicosia
Europe/Riga Europe/Sofia Europe/Tallinn Europe/Tiraspol Europe/Uzhgorod Europe/Vilnius Europe/Zaporozhye`,
  ],
  [
    '',
    `Africa/Casablanca Africa/El_Aaiun America/Araguaina America/Argentina/Buenos_Aires
America/Argentina/Catamarca America/Argentina/ComodRivadavia America/Argentina/Cordoba
America/Argentina/Jujuy America/Argentina/La_Rioja America/Argentina/Mendoza America/Argentina/Rio_Gallegos
America/Argentina/Salta America/Argentina/San_Juan America/Argentina/San_Luis America/Argentina/Tucuman
America/Argentina/Ushuaia America/Asuncion America/Bahia America/Belem America/Boa_Vista America/Bogota
America/Buenos_Aires America/Campo_Grande America/Caracas America/Catamarca America/Cayenne America/Cordoba
America/Coyhaique America/Cuiaba America/Eirunepe America/Fortaleza America/Godthab America/Guayaquil
America/Guyana America/Jujuy America/La_Paz America/Lima America/Maceio America/Manaus America/Mendoza
America/Miquelon America/Montevideo America/Noronha America/Nuuk America/Paramaribo America/Porto_Acre
America/Porto_Velho America/Punta_Arenas America/Recife America/Rio_Branco America/Rosario America/Santarem
America/Santiago America/Sao_Paulo America/Scoresbysund Antarctica/Casey Antarctica/Davis
Antarctica/DumontDUrville Antarctica/Mawson Antarctica/Palmer Antarctica/Rothera Antarctica/Syowa
Antarctica/Troll Antarctica/Vostok Asia/Aden Asia/Almaty Asia/Anadyr Asia/Aqtau Asia/Aqtobe Asia/Ashgabat
Asia/Ashkhabad Asia/Atyrau Asia/Baghdad Asia/Bahrain Asia/Baku Asia/Bangkok Asia/Barnaul Asia/Bishkek
Asia/Brunei Asia/Chita Asia/Choibalsan Asia/Colombo Asia/Dacca Asia/Dhaka Asia/Dili Asia/Dubai Asia/Dushanbe
Asia/Ho_Chi_Minh Asia/Hovd Asia/Irkutsk Asia/Kabul Asia/Kamchatka Asia/Kashgar Asia/Kathmandu Asia/Katmandu
Asia/Khandyga Asia/Krasnoyarsk Asia/Kuala_Lumpur Asia/Kuching Asia/Kuwait Asia/Magadan Asia/Muscat
Asia/Novokuznetsk Asia/Novosibirsk Asia/Omsk Asia/Oral Asia/Phnom_Penh Asia/Qatar Asia/Qostanay
Asia/Qyzylorda Asia/Rangoon Asia/Riyadh Asia/Saigon Asia/Sakhalin Asia/Samarkand Asia/Singapore
Asia/Srednekolymsk Asia/Tashkent Asia/Tbilisi Asia/Tehran Asia/Thimbu Asia/Thimphu Asia/Tomsk
Asia/Ulaanbaatar Asia/Ulan_Bator Asia/Urumqi Asia/Ust-Nera Asia/Vientiane Asia/Vladivostok Asia/Yakutsk
Asia/Yangon Asia/Yekaterinburg Asia/Yerevan Atlantic/Azores Atlantic/Cape_Verde Atlantic/South_Georgia
Atlantic/Stanley Australia/Eucla Australia/LHI Australia/Lord_Howe Brazil/Acre Brazil/DeNoronha Brazil/East
Brazil/West Chile/Continental Chile/EasterIsland Etc/GMT+1 Etc/GMT+10 Etc/GMT+11 Etc/GMT+12 Etc/GMT+2
Etc/GMT+3 Etc/GMT+4 Etc/GMT+5 Etc/GMT+6 Etc/GMT+7 Etc/GMT+8 Etc/GMT+9 Etc/GMT-1 Etc/GMT-10 Etc/GMT-11
Etc/GMT-12 Etc/GMT-13 Etc/GMT-14 Etc/GMT-2 Etc/GMT-3 Etc/GMT-4 Etc/GMT-5 Etc/GMT-6 Etc/GMT-7 Etc/GMT-8
Etc/GMT-9 Europe/Astrakhan Europe/Samara Europe/Saratov Europe/Ulyanovsk Indian/Chagos Indian/Christmas
Indian/Cocos Indian/Kerguelen Indian/Mahe Indian/Maldives Indian/Mauritius Indian/Reunion Iran Kwajalein NZ-CHAT Pacific/Apia Pacific/Bougainville Pacific/Chatham Pacific/Chuuk Pacific/Easter Pacific/Efate
Pacific/Enderbury Pacific/Fakaofo Pacific/Fiji Pacific/Funafuti Pacific/Galapagos Pacific/Gambier
Pacific/Guadalcanal Pacific/Kanton Pacific/Kiritimati Pacific/Kosrae Pacific/Kwajalein Pacific/Majuro
Pacific/Marquesas Pacific/Nauru Pacific/Niue Pacific/Norfolk Pacific/Noumea Pacific/Palau Pacific/Pitcairn
Pacific/Pohnpei Pacific/Ponape Pacific/Port_Moresby Pacific/Rarotonga Pacific/Tahiti Pacific/Tarawa
Pacific/Tongatapu Pacific/Truk Pacific/Wake Pacific/Wallis Pacific/Yap Singapore`,
  ],
  [
    'CET1 CEST2',
    `Africa/Ceuta Africa/Tunis Arctic/Longyearbyen Atlantic/Jan_Mayen CET Europe/Amsterdam Europe/Andorra
Europe/Belgrade Europe/Berlin Europe/Bratislava Europe/Brussels Europe/Budapest Europe/Busingen
Europe/Copenhagen Europe/Gibraltar Europe/Ljubljana Europe/Luxembourg Europe/Madrid Europe/Malta
Europe/Monaco Europe/Oslo Europe/Paris Europe/Podgorica Europe/Prague Europe/Rome Europe/San_Marino
Europe/Sarajevo Europe/Skopje Europe/Stockholm Europe/Tirane Europe/Vaduz Europe/Vatican Europe/Vienna
Europe/Warsaw Europe/Zagreb Europe/Zurich Poland`,
  ],
  ['SAST2', 'Africa/Johannesburg Africa/Maseru Africa/Mbabane'],
  ['CAT2 EAT3', 'Africa/Juba Africa/Khartoum'],
  ['GMT0 WAT1', 'Africa/Sao_Tome'],
  ['CET1 EET2', 'Africa/Tripoli Libya'],
  ['WAT1 CAT2', 'Africa/Windhoek'],
  ['HST-10 HDT-9', 'America/Adak America/Atka US/Aleutian'],
  [
    'AKST-9 AKDT-8',
    'America/Anchorage America/Juneau America/Metlakatla America/Nome America/Sitka America/Yakutat US/Alaska',
  ],
  [
    'AST-4',
    `America/Anguilla America/Antigua America/Aruba America/Barbados America/Blanc-Sablon America/Curacao
America/Dominica America/Grenada America/Guadeloupe America/Kralendijk America/Lower_Princes America/Marigot
America/Martinique America/Montserrat America/Port_of_Spain America/Puerto_Rico America/St_Barthelemy
America/St_Kitts America/St_Lucia America/St_Thomas America/St_Vincent America/Tortola America/Virgin`,
  ],
  [
    'EST-5',
    'America/Atikokan America/Cayman America/Coral_Harbour America/Jamaica America/Panama EST Jamaica',
  ],
  [
    'MST-7 CST-6 CDT-5',
    'America/Bahia_Banderas America/North_Dakota/Beulah America/North_Dakota/New_Salem America/Ojinaga',
  ],
  [
    'CST-6',
    `America/Belize America/Costa_Rica America/El_Salvador America/Regina America/Swift_Current
Canada/Saskatchewan`,
  ],
  [
    'MST-7 MDT-6',
    `America/Boise America/Ciudad_Juarez America/Denver America/Edmonton America/Inuvik America/Mazatlan
America/Shiprock America/Yellowknife Canada/Mountain MST7MDT Mexico/BajaSur Navajo US/Mountain`,
  ],
  ['MST-7 MDT-6 EST-5', 'America/Cambridge_Bay'],
  ['CST-6 EST-5', 'America/Cancun'],
  [
    'CST-6 CDT-5',
    `America/Chicago America/Guatemala America/Indiana/Knox America/Indiana/Tell_City America/Knox_IN
America/Managua America/Matamoros America/Menominee America/Merida America/Mexico_City America/Monterrey
America/North_Dakota/Center America/Rainy_River America/Rankin_Inlet America/Resolute America/Tegucigalpa
America/Winnipeg CST6CDT Canada/Central Mexico/General US/Central US/Indiana-Starke`,
  ],
  ['MST-7 CST-6', 'America/Chihuahua'],
  ['MST-7', 'America/Creston America/Dawson_Creek America/Hermosillo America/Phoenix MST US/Arizona'],
  ['PST-8 MST-7', 'America/Dawson America/Fort_Nelson America/Whitehorse Canada/Yukon'],
  [
    'EST-5 EDT-4',
    `America/Detroit America/Fort_Wayne America/Grand_Turk America/Indiana/Indianapolis America/Indiana/Marengo
America/Indiana/Vevay America/Indianapolis America/Kentucky/Louisville America/Louisville America/Montreal
America/Nassau America/New_York America/Nipigon America/Port-au-Prince America/Thunder_Bay America/Toronto
Canada/Eastern EST5EDT US/East-Indiana US/Eastern US/Michigan`,
  ],
  [
    'PST-8 PDT-7',
    `America/Ensenada America/Los_Angeles America/Santa_Isabel America/Tijuana America/Vancouver Canada/Pacific
Mexico/BajaNorte PST8PDT US/Pacific`,
  ],
  [
    'AST-4 ADT-3',
    `America/Glace_Bay America/Goose_Bay America/Halifax America/Moncton America/Thule Atlantic/Bermuda
Canada/Atlantic`,
  ],
  ['CST-5 CDT-4', 'America/Havana Cuba'],
  [
    'CST-6 EST-5 EDT-4',
    `America/Indiana/Petersburg America/Indiana/Vincennes America/Indiana/Winamac America/Iqaluit
America/Kentucky/Monticello America/Pangnirtung`,
  ],
  ['EST-5 AST-4', 'America/Santo_Domingo'],
  ['NST-3.5 NDT-2.5', 'America/St_Johns Canada/Newfoundland'],
  [
    'AEST10 AEDT11',
    `Antarctica/Macquarie Australia/ACT Australia/Canberra Australia/Currie Australia/Hobart Australia/Melbourne
Australia/NSW Australia/Sydney Australia/Tasmania Australia/Victoria`,
  ],
  ['NZST12 NZDT13', 'Antarctica/McMurdo Antarctica/South_Pole NZ Pacific/Auckland'],
  ['EET2', 'Asia/Amman Asia/Damascus Asia/Istanbul Europe/Istanbul Europe/Kaliningrad Europe/Minsk Turkey'],
  ['IST5.5', 'Asia/Calcutta Asia/Kolkata'],
  [
    'CST8',
    'Asia/Chongqing Asia/Chungking Asia/Harbin Asia/Macao Asia/Macau Asia/Shanghai Asia/Taipei PRC ROC',
  ],
  ['HKT8', 'Asia/Hong_Kong Hongkong'],
  ['WIB7', 'Asia/Jakarta Asia/Pontianak'],
  ['WIT9', 'Asia/Jayapura'],
  ['IST2 IDT3', 'Asia/Jerusalem Asia/Tel_Aviv Israel'],
  ['PKT5 PKST6', 'Asia/Karachi'],
  ['WITA8', 'Asia/Makassar Asia/Ujung_Pandang'],
  ['PST8', 'Asia/Manila'],
  ['KST8.5 KST9', 'Asia/Pyongyang'],
  ['KST9', 'Asia/Seoul ROK'],
  ['JST9', 'Asia/Tokyo Japan'],
  [
    'WET0 WEST1',
    'Atlantic/Canary Atlantic/Faeroe Atlantic/Faroe Atlantic/Madeira Europe/Lisbon Portugal WET',
  ],
  ['ACST9.5 ACDT10.5', 'Australia/Adelaide Australia/Broken_Hill Australia/South Australia/Yancowinna'],
  ['AEST10', 'Australia/Brisbane Australia/Lindeman Australia/Queensland'],
  ['ACST9.5', 'Australia/Darwin Australia/North'],
  ['AWST8 AWDT9', 'Australia/Perth Australia/West'],
  ['GMT0 IST1', 'Eire Europe/Dublin'],
  ['UTC0', 'Etc/UCT Etc/UTC Etc/Universal Etc/Zulu UCT UTC Universal Zulu'],
  ['GMT0 BST1', 'Europe/Belfast Europe/Guernsey Europe/Isle_of_Man Europe/Jersey Europe/London GB GB-Eire'],
  ['MSK3 MSK4', 'Europe/Kirov Europe/Moscow W-SU'],
  ['EET2 MSK3 MSK4', 'Europe/Simferopol'],
  ['MSK3', 'Europe/Volgograd'],
  ['HST-10', 'HST Pacific/Honolulu Pacific/Johnston US/Hawaii'],
  ['MET1 MEST2', 'MET'],
  ['ChST10', 'Pacific/Guam Pacific/Saipan'],
  ['SST-11', 'Pacific/Midway Pacific/Pago_Pago Pacific/Samoa US/Samoa'],
];

const HOUR = 3600;

let byZone: ReadonlyMap<string, string> | undefined;

/** All zones of the database. */
export function knownZones(): readonly string[] {
  return [...names().keys()];
}

/** Whether the database has a zone of exactly this name. */
export function isKnownZone(zone: string): boolean {
  return names().has(zone);
}

/** Whether a text differs from a zone's name in large and small letters only. */
export function isMisspelt(zone: string): boolean {
  return !isKnownZone(zone) && [...names().keys()].some(name => name.toLowerCase() === zone.toLowerCase());
}

/** The abbreviation for an offset in seconds; undefined where the zone has none. */
export function abbreviationOf(zone: string, seconds: number): string | undefined {
  const wanted = String(seconds / HOUR);
  const found = names()
    .get(zone)
    ?.split(' ')
    .map(each => /^(\D+?)(-?[\d.]+)$/.exec(each))
    .find(match => match?.[2] === wanted);
  return found?.[1];
}

function names(): ReadonlyMap<string, string> {
  byZone ??= new Map(
    NAMES.flatMap(([abbreviations, zones]) =>
      zones.split(/\s+/).map((zone): [string, string] => [zone, abbreviations]),
    ),
  );
  return byZone;
}
