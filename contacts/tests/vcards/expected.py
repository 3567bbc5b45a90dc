"""What a person reads in each file, written by hand.

Per card: first and last name, e-mail addresses, telephone numbers, and the birthday as
year-month-day with `?` for what the card does not say. None is a card in which there is nothing.
"""

CARDS = {
    "aosp__v21_backslash.vcf": [("A;B\\", "", [], [], "")],
    "aosp__v21_invalid_comment_line.vcf": [("Conference Call", "", [], [], "")],
    "aosp__v21_japanese_1.vcf": [("", "安藤ロイド", [], ["0300000000"], "")],
    "aosp__v21_japanese_3.vcf": [("圭一", "伊能", [], [], "")],
    "aosp__v21_pref_handling.vcf": [
        ("Smith", "", ["test@example.com", "test2@examination.com"], ["1", "2", "3"], ""),
    ],
    "aosp__v21_simple_1.vcf": [("Roid", "Ando", [], [], "")],
    "aosp__v21_winmo_65.vcf": [("", "Example", [], [], "")],
    "aosp__v30_comma_separated.vcf": [("G", "F", [], ["1"], "")],
    "aosp__v30_pager.vcf": [("G", "F", [], ["6101231234@pagersample.com"], "")],
    "aosp__v30_simple.vcf": [("Roid", "And", [], ["0300000000"], "")],
    "ezvcard__John_Doe_IPHONE.vcf": [
        (
            "John",
            "Doe",
            ["john.doe@ibm.com"],
            [
                "905-555-1234",
                "905-666-1234",
                "905-777-1234",
                "905-888-1234",
                "905-999-1234",
                "905-111-1234",
                "905-222-1234",
            ],
            "2012-06-06",
        ),
    ],
    "ezvcard__John_Doe_LOTUS_NOTES.vcf": [
        (
            "John",
            "Doe",
            ["john.doe@ibm.com", "billy_bob@gmail.com"],
            ["+1 (212) 204-34456", "00-1-212-555-7777"],
            "1980-05-21",
        ),
    ],
    "ezvcard__John_Doe_MS_OUTLOOK.vcf": [
        ("John", "Doe", ["john.doe@ibm.cm"], ["(905) 555-1234", "(905) 666-1234"], "1980-03-22"),
    ],
    "ezvcard__gmail-list.vcf": [
        ("Arnold", "Smith", ["asmithk@gmail.com"], [], ""),
        ("Chris", "Beatle", ["chrisy55d@yahoo.com"], [], ""),
        ("Doug", "White", ["dwhite@gmail.com"], [], ""),
    ],
    "ezvcard__issue114.vcf": [
        ("Dummy", "Dummy", ["dummy.dummy@dummy.com"], ["+49 1234 56789", "+49 9876 54321"], ""),
    ],
    "ezvcard__outlook-2003.vcf": [
        (
            "John",
            "Doe",
            ["jdoe@hotmail.com"],
            ["BusinessPhone", "HomePhone", "MobilePhone", "BusinessFaxPhone"],
            "1980-03-21",
        ),
    ],
    "ezvcard__rfc2426-example.vcf": [
        (
            "Frank",
            "Dawson",
            ["Frank_Dawson@Lotus.com", "fdawson@earthlink.net"],
            ["+1-919-676-9515", "+1-919-676-9564"],
            "",
        ),
        ("Tim", "Howes", ["howes@netscape.com"], ["+1-415-937-3419", "+1-415-528-4164"], ""),
    ],
    "fkvcards__MultiAnsiFilterTests-v3Ansi.vcf": [
        ("Folker", "Kinzel", ["email1@wumms.de", "email2@folker-kinzel.de"], ["0123-45678"], "1978-03-11"),
        ("WSF", "KMS", ["blablö@blub.com"], ["03443-303776", "03443-333440"], ""),
    ],
    "fkvcards__MultiAnsiFilterTests-v3Utf16Bom.vcf": [
        ("Folker", "Kinzel", ["email1@wumms.de", "email2@folker-kinzel.de"], ["0123-45678"], "1978-03-11"),
        ("WSF", "KMS", ["blablö@blub.com"], ["03443-303776", "03443-333440"], ""),
    ],
    "fkvcards__TestFiles-AnsiIssueInvalidEncoding.vcf": [("Ralf", "Rastral", [], [], "")],
    "fkvcards__TestFiles-AnsiIssueNoEncoding.vcf": [("Ralf", "Rastral", [], [], "")],
    "fkvcards__TestFiles-Cropped_2_1.vcf": [("Max", "Mustermann", [], [], "")],
    "fkvcards__TestFiles-LabelIssue.vcf": [
        ("Rudi", "Wimmel", ["Wimmel@wurstdarm.de"], ["0987 /6543", "9876 /11223344"], ""),
    ],
    "fkvcards__TestFiles-LabelTest1.vcf": [
        ("Rudi", "Wimmel", ["Wimmel@wurstdarm.de"], ["0987 /6543", "9876 /11223344"], ""),
    ],
    "fkvcards__TestFiles-Photo-v3.vcf": [
        (
            "Emma",
            "Musterfrau",
            ["emma.musterfrau@googlemail.com"],
            ["03456-78910", "03456-10987", "0160-45678910"],
            "2011-03-17",
        ),
    ],
    "fkvcards__TestFiles-Ukrainian.vcf": [("Віталій", "Кличко", [], [], "")],
    # The same number twice, for two uses.
    "fkvcards__TestFiles-WhatsAppIssue.vcf": [("zzMad Perla 45", "", [], ["7yy-zzz-xxx"], "")],
    "fkvcards__TestFiles-v3.vcf": [
        ("Folker", "Kinzel", ["email1@wumms.de", "email2@folker-kinzel.de"], ["0123-45678"], "1978-03-11"),
        ("WSF", "KMS", ["blablö@blub.com"], ["01234-303776", "03443-333440"], ""),
    ],
    "fkvcards__TestFiles-v4.vcf": [
        ("Gerda", "Möhrke", ["info@kinderland-blubblub.de"], ["034441/ 2 22 67", "034441/ 39 23 34"], ""),
        (
            "Max",
            "Mustermann",
            ["privat@freenet.de", "geschaeftlich@freenet.de", "sonstige@freenet.de", "nichts@wabbel.de"],
            [
                "Privattelefon",
                "Diensttelefon",
                "Fax",
                "Fax privat",
                "Fax geschäftlich",
                "Festnetz",
                "Mobil",
                "Pager",
                "sonstige",
                "ohne",
            ],
            # «19723101»: there is no thirty-first month.
            "1972-01-31",
        ),
    ],
    "fkvcards__Utf-8-Greek.vcf": [("Ευάγγελος", "Παπαθανασίου", [], [], "")],
    "fkvcards__Utf-8-Ukrainian.vcf": [("Віталій", "Кличко\u0301", [], [], "")],
    "govcard__decoder_test.go-inline2.vcf": [("Joe", "Bloggs", ["me@joebloggs.com"], ["+44 20 1234 5678"], "")],
    "govcard__decoder_test.go-inline3.vcf": [("Joe", "Bloggs", ["me@joebloggs.com"], ["+44 20 1234 5678"], "")],
    # A picture and nothing else.
    "nodevcf__photo-base64.vcf": [("", "", [], [], "")],
    "nodevcf__vcard-4.0.vcf": [
        ("Forrest", "Gump", ["forrestgump@example.com"], ["+11115551212", "+14045551212", "+14045551213"], ""),
    ],
    "sabre__BirthdayCalendarGeneratorTest.php-inline1.vcf": [("Forrest", "Gump", [], [], "1985-04-07")],
    "sabre__BirthdayCalendarGeneratorTest.php-inline10.vcf": [("Forrest", "Gump", [], [], "?-04-07")],
    "sabre__CliTest.php-inline21.vcf": [("Cowboy", "Henk", [], [], "")],
    "sabre__VCardConverterTest.php-inline49.vcf": [("John", "Doe", [], [], "")],
    "sabre__VCardTest.php-inline23.vcf": [("", "", ["1@example.org", "2@example.org"], [], "")],
    "sabre__VCardTest.php-inline24.vcf": [
        ("", "", [], ["112233445566", "665544332211", "7778889994455", "555555555"], ""),
    ],
    "sabre__VCardTest.php-inline26.vcf": [("", "", ["1@example.org", "2@example.org"], [], "")],
    "sabre__VCardTest.php-inline28.vcf": [None],
    # A number and two groups.
    "sabre__VCardTest.php-inline42.vcf": [("", "", [], [], "")],
    "sabre__VCardTest.php-inline48.vcf": [None],
    # A picture and nothing else.
    "sabre__issue64.vcf": [("", "", [], [], "")],
}
