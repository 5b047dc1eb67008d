"""Who and what the demo landscape is made of. Nobody here is called Administrator."""

from dataclasses import dataclass

from roles.models import Level

PASSWORD = "Wander-2026-demo"  # noqa: S105  (the demo's sign-ins are printed)


@dataclass(frozen=True)
class Person:
    """Somebody of the demo; `home` is their team, `team_role` the role they hold in it."""

    username: str
    name: str
    role: str
    home: str = ""
    team_role: str = ""
    time_zone: str = "Europe/Lisbon"


ENVIRONMENTS = (
    ("Development", "Development", "dev.wander.example", False),
    ("Quality Assurance", "Test", "qa.wander.example", False),
    ("Staging", "Test", "staging.wander.example", False),
    ("Production", "Production", "wander.example", True),
)

# Role, what it is for, its infrastructure switches, and its level in each environment in order.
ROLES = (
    (
        "Developer",
        "Develops and tests applications.",
        (),
        (Level.CHANGE_AND_DEPLOY, Level.OPEN, Level.LIST, Level.LIST),
    ),
    (
        "Team Manager",
        "Leads a team: its people, its applications.",
        ("manage_teams",),
        (Level.CHANGE_AND_DEPLOY, Level.CHANGE_AND_DEPLOY, Level.OPEN, Level.LIST),
    ),
    (
        "Release Manager",
        "Brings applications to production.",
        (),
        (Level.CHANGE_AND_DEPLOY, Level.CHANGE_AND_DEPLOY, Level.CHANGE_AND_DEPLOY, Level.CHANGE_AND_DEPLOY),
    ),
    ("Tester", "Tries what others made.", (), (Level.ACCESS, Level.OPEN, Level.OPEN, Level.ACCESS)),
    ("Auditor", "Reads every log, changes nothing.", ("view_audit_logs",), (Level.NO_ACCESS,) * 4),
)

TEAMS = (
    ("Customer Portal", "Everything customers see"),
    ("Payments", "Money in, money out"),
    ("Logistics", "Warehouses and routes"),
    ("People", "Human resources"),
    ("Field Service", "Technicians on the road"),
    ("Platform", "What the others build on"),
)

APPLICATIONS = (
    ("Customer Portal", "Customer Portal", "WebResponsive", "Where customers order and ask"),
    ("CRM Services", "Customer Portal", "Service", "Customers and their contacts, for the others"),
    ("Directory", "Customer Portal", "WebResponsive", "Who is who, and where"),
    ("Payments Gateway", "Payments", "Service", "Talks to the banks"),
    ("Invoicing", "Payments", "WebResponsive", "Writes and sends invoices"),
    ("Ledger", "Payments", "WebResponsive", "The books"),
    ("Warehouse", "Logistics", "WebResponsive", "What lies where"),
    ("Route Planner", "Logistics", "WebResponsive", "Who drives what where"),
    ("Driver App", "Logistics", "Mobile", "In the driver's pocket"),
    ("Leave Requests", "People", "WebResponsive", "Holidays and absences"),
    ("Payroll Connect", "People", "Service", "Hands hours to the payroll"),
    ("Work Orders", "Field Service", "WebResponsive", "What technicians have to do"),
    ("Technician App", "Field Service", "Mobile", "In the technician's pocket"),
    ("Identity Bridge", "Platform", "Service", "Signs people in, for the others"),
    ("Notification Hub", "Platform", "Service", "Mail and messages, for the others"),
)

PEOPLE = (
    Person("ingrid.holm", "Ingrid Holm", "Administrator", time_zone="Europe/Oslo"),
    Person("marco.bianchi", "Marco Bianchi", "Administrator", time_zone="Europe/Rome"),
    Person("andrea.fleet", "Andrea Fleet", "Developer", "Customer Portal", "Team Manager"),
    Person("jun.sato", "Jun Sato", "Developer", "Customer Portal", "Developer", "Asia/Tokyo"),
    Person("nadia.haddad", "Nadia Haddad", "Auditor", time_zone="Europe/Paris"),
    Person("ana.lopes", "Ana Lopes", "Release Manager"),
    Person("oystein.berg", "Øystein Berg", "Release Manager", time_zone="Europe/Oslo"),
    Person("zoe.mueller", "Zoë Müller", "Developer", "Payments", "Team Manager", "Europe/Berlin"),
    Person("lukasz.nowak", "Łukasz Nowak", "Developer", "Payments", "Developer", "Europe/Warsaw"),
    Person("priya.raman", "Priya Raman", "Developer", "Payments", "Developer", "Asia/Kolkata"),
    Person("sean.okeefe", "Seán O’Keefe", "Developer", "Payments", "Developer", "Europe/Dublin"),
    Person("ines.carvalho", "Inês Carvalho", "Developer", "Logistics", "Team Manager"),
    Person("tomas.novak", "Tomáš Novák", "Developer", "Logistics", "Developer", "Europe/Prague"),
    Person("wang.fang", "王芳", "Developer", "Logistics", "Developer", "Asia/Shanghai"),
    Person("elif.yilmaz", "Elif Yılmaz", "Developer", "Logistics", "Tester", "Europe/Istanbul"),
    Person("rui.mendes", "Rui Mendes", "Developer", "People", "Team Manager"),
    Person("fatima.zahra", "فاطمة الزهراء", "Developer", "People", "Developer", "Africa/Casablanca"),
    Person("george.dimitriou", "Γιώργος Δημητρίου", "Developer", "People", "Developer", "Europe/Athens"),
    Person("lena.fischer", "Lena Fischer", "Developer", "Field Service", "Team Manager", "Europe/Berlin"),
    Person("david.cohen", "דוד כהן", "Developer", "Field Service", "Developer", "Asia/Jerusalem"),
    Person("maria.silva", "Maria Silva", "Developer", "Field Service", "Developer"),
    Person("kofi.mensah", "Kofi Mensah", "Developer", "Field Service", "Tester", "Africa/Accra"),
    Person("hana.kim", "김하나", "Developer", "Platform", "Team Manager", "Asia/Seoul"),
    Person("pedro.alves", "Pedro Alves", "Developer", "Platform", "Developer"),
    Person("sofia.lindqvist", "Sofia Lindqvist", "Developer", "Platform", "Developer", "Europe/Stockholm"),
    Person("chidi.eze", "Chidi Eze", "Developer", "Customer Portal", "Developer", "Africa/Lagos"),
    Person("camille.dubois", "Camille Dubois", "Tester", "Customer Portal", "Tester", "Europe/Paris"),
    Person("joao.pereira", "João Pereira", "Tester", "Payments", "Tester"),
    Person("emma.wilson", "Emma Wilson", "Tester", "Logistics", "Tester", "Europe/London"),
    Person("nils.jansen", "Nils Jansen", "Developer", "Platform", "Developer", "Europe/Amsterdam"),
)

SERVICE_ACCOUNTS = (
    ("release-bot", "Deploys from the build pipeline", "Release Manager"),
    ("landscape-probe", "Reads the landscape for the dashboard", "Tester"),
    ("people-sync", "Brings joiners and leavers from the HR system", "Administrator"),
)

# What the printed sign-ins may do, in the order in which one should try them.
SIGN_INS = (
    ("ingrid.holm", "infrastructure manager: everything"),
    ("andrea.fleet", "team manager: team Customer Portal, its people and applications"),
    ("jun.sato", "developer: changes and deploys in Development, sees the rest"),
    ("nadia.haddad", "auditor: every log and export, and nothing else"),
)
